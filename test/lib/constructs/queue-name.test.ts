import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { queueName } from '../../../lib/constructs/queue-name.ts';
import { PropsError } from '../../../lib/constructs/validation.ts';
import { testApp } from '../../support/synthesized-app.ts';

const stack = () => new Stack(testApp(), 'order-processing');

describe('queueName', () => {
  it('is the place in the stack, in kebab case', () => {
    const payment = new Construct(stack(), 'PaymentService');
    expect(queueName(payment, 'Dlq', { fifo: false })).toBe('order-processing-payment-service-dlq');
  });

  it('starts with the name of the stack, wherever the stack stands', () => {
    const scope = new Construct(testApp(), 'Scope');
    const named = new Stack(scope, 'Id', { stackName: 'orders-blue' });
    expect(queueName(named, 'Payment', { fifo: false })).toBe('orders-blue-payment');
  });

  it('ends in .fifo for a FIFO queue', () => {
    expect(queueName(stack(), 'Ledger', { fifo: true })).toBe('order-processing-ledger.fifo');
  });

  it('may have 80 characters', () => {
    const id = 'q'.repeat(80 - 'order-processing-'.length);
    expect(queueName(stack(), id, { fifo: false })).toHaveLength(80);
  });

  it('fails when it has more than 80 characters, .fifo among them', () => {
    const id = 'q'.repeat(80 - 'order-processing-'.length);
    expect(() => queueName(stack(), id, { fifo: true })).toThrow(PropsError);
    expect(() => queueName(stack(), id, { fifo: true })).toThrow(
      /queue name is order-processing-q+\.fifo; allowed: up to 80 letters, digits, hyphens and underscores\. It is made of the ids/,
    );
  });

  it('fails when an id has characters that SQS does not take', () => {
    expect(() => queueName(stack(), 'Payment.Queue', { fifo: false })).toThrow(
      'queue name is order-processing-payment.queue; allowed: up to 80 letters',
    );
  });
});
