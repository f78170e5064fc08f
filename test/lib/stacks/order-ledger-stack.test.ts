import { parseEnvironment } from '../../../contracts/environment.ts';
import { bookedEvents } from '../../../contracts/ledger.ts';
import { ledgerEnvironment } from '../../../contracts/order-ledger.ts';
import { referredId, resourcesOfType } from '../../support/stack-template.ts';
import { statedText, theOnly } from '../../support/stated-values.ts';
import { systemTemplate } from '../../support/synthesized-app.ts';
import { templateDifferences, templatePicture } from '../../support/template-snapshot.ts';

const system = 'order-ledger';
const dev = systemTemplate(system, 'dev');
const prod = systemTemplate(system, 'prod');

const queueOf = (name: string) =>
  theOnly(dev, 'AWS::SQS::Queue', ({ QueueName }) => QueueName === `${system}-${name}.fifo`);
const ledgerQueue = queueOf('ledger');
const topic = theOnly(dev, 'AWS::SNS::Topic', ({ FifoTopic }) => FifoTopic === true);
const subscription = theOnly(dev, 'AWS::SNS::Subscription');
const mapping = theOnly(dev, 'AWS::Lambda::EventSourceMapping');
const consumer = theOnly(dev, 'AWS::Lambda::Function');

describe('the way of an event', () => {
  it('leads from a FIFO topic to a FIFO queue, raw, for every event of the contract', () => {
    expect(subscription.resource.Properties).toMatchObject({
      TopicArn: { Ref: topic.id },
      Endpoint: { 'Fn::GetAtt': [ledgerQueue.id, 'Arn'] },
      RawMessageDelivery: true,
      FilterPolicy: { eventType: [...bookedEvents.types] },
    });
  });

  it('leads to a function that takes up to ten events, waits for none, and says which failed', () => {
    expect(mapping.resource.Properties).toMatchObject({
      EventSourceArn: { 'Fn::GetAtt': [ledgerQueue.id, 'Arn'] },
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    expect(mapping.resource.Properties).not.toHaveProperty('MaximumBatchingWindowInSeconds');
    expect(referredId(mapping.resource.Properties.FunctionName)).toBe(consumer.id);
  });

  it('ends in the FIFO DLQ of the queue, or of the subscription', () => {
    expect(ledgerQueue.resource.Properties.RedrivePolicy).toEqual({
      deadLetterTargetArn: { 'Fn::GetAtt': [queueOf('ledger-dlq').id, 'Arn'] },
      maxReceiveCount: 5,
    });
    expect(subscription.resource.Properties.RedrivePolicy).toEqual({
      deadLetterTargetArn: { 'Fn::GetAtt': [queueOf('ledger-undelivered-order-events').id, 'Arn'] },
    });
  });

  it('ends in the table that its function knows', () => {
    const { Variables } = consumer.resource.Properties.Environment as { Variables: Record<string, unknown> };
    const stated = Object.fromEntries(
      Object.entries(Variables).map(([name, value]) => [name, statedText(value)]),
    );
    expect(() => parseEnvironment(ledgerEnvironment, stated)).not.toThrow();
    expect(dev.Resources[referredId(Variables.TABLE_NAME) ?? '']?.Type).toBe('AWS::DynamoDB::Table');
  });
});

it('has FIFO queues alone', () => {
  for (const [, { Properties }] of resourcesOfType(dev, 'AWS::SQS::Queue')) {
    expect(Properties).toMatchObject({ FifoQueue: true, QueueName: expect.stringMatching(/\.fifo$/) });
  }
});

it.each([
  ['dev', dev, 4, 5],
  ['prod', prod, 7, 50],
])('keeps messages and works at once as %s says', (_, template, retentionInDays, concurrency) => {
  const queue = theOnly(
    template,
    'AWS::SQS::Queue',
    ({ QueueName }) => QueueName === `${system}-ledger.fifo`,
  );
  expect(queue.resource.Properties.MessageRetentionPeriod).toBe(retentionInDays * 86_400);
  expect(theOnly(template, 'AWS::Lambda::EventSourceMapping').resource.Properties.ScalingConfig).toEqual({
    MaximumConcurrency: concurrency,
  });
});

it('is what it was', () => {
  expect(templatePicture(dev)).toMatchSnapshot();
});

it('differs between the stages in nothing but what the configuration says', () => {
  expect(templateDifferences(dev, prod)).toMatchSnapshot();
});
