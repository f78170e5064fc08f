import { type PaymentTask, paymentErrors } from '../../../contracts/order-workflow.ts';
import { cancellationOf } from '../../../lambda/order-workflow/domain/order-cancellation.ts';
import { paymentCancellation } from '../../../lambda/order-workflow/payment-cancellation.ts';
import { paymentTaking } from '../../../lambda/order-workflow/payment-taking.ts';
import type { PaymentState } from '../../../lambda/orders/domain/payment.ts';
import { DependencyDownError, WorkInProgressError } from '../../../lambda/shared/failures.ts';
import type { Handled } from '../../../lambda/shared/message-consumer.ts';
import { InMemoryStates } from '../../support/in-memory-states.ts';
import { orderPlaced } from '../../support/order-events.ts';
import { BookkeepingGateway } from '../../support/payment-gateway.ts';
import { InMemoryTasks } from '../../support/workflow-tasks.ts';

const order = orderPlaced();
const task: PaymentTask = { task_token: 'token-1', order };
const down = () => {
  throw new DependencyDownError('down');
};
let deliveries = 0;
const delivery = () => ({ id: `delivery-${++deliveries}`, remainingTimeInMs: () => 15_000 });

describe('paymentTaking', () => {
  let tasks: InMemoryTasks;
  let payments: InMemoryStates<PaymentState>;
  let gateway: BookkeepingGateway;
  let handle: () => Promise<Handled>;
  let cancel: () => Promise<Handled>;

  beforeEach(() => {
    tasks = new InMemoryTasks('token-1');
    payments = new InMemoryStates();
    gateway = new BookkeepingGateway();
    const taking = paymentTaking({
      tasks,
      payments,
      gateway,
      cardTokens: { decrypt: async () => undefined },
    });
    const cancellation = paymentCancellation({ payments, gateway });
    handle = () => taking(task, delivery());
    cancel = () => cancellation({ order }, delivery());
  });

  it('charges an order that is waited for, and tells the workflow', async () => {
    await expect(handle()).resolves.toEqual({ outcome: 'charged', details: { answer: 'heard' } });

    expect(gateway.balance('12345')).toBe(9_999);
    expect(tasks.answers.get('token-1')).toEqual({ status: 'charged' });
    expect(tasks.heartbeats).toBe(1);
  });

  it('does nothing for an order that nobody waits for any more', async () => {
    tasks.waiting.clear();

    await expect(handle()).resolves.toEqual({ outcome: 'nobody_waits' });
    expect(gateway.calls).toEqual([]);
    expect(payments.states.size).toBe(0);
  });

  it('charges once when the message comes again before the first was answered', async () => {
    tasks.before = call => (call === 'succeed' ? down() : undefined);
    await expect(handle()).rejects.toThrow(DependencyDownError);
    tasks.before = () => undefined;

    await expect(handle()).resolves.toMatchObject({ outcome: 'already_charged' });
    expect(gateway.balance('12345')).toBe(9_999);
    expect(tasks.answers.get('token-1')).toEqual({ status: 'charged' });
  });

  it('charges once when the worker dies after the gateway took the money', async () => {
    gateway.after = () => {
      throw new Error('The process was killed');
    };
    await expect(handle()).rejects.toThrow('killed');
    gateway.after = () => undefined;

    await expect(handle()).resolves.toMatchObject({ outcome: 'charged' });
    expect(gateway.balance('12345')).toBe(9_999);
    expect(tasks.answers.get('token-1')).toEqual({ status: 'charged' });
  });

  it('charges once when the message comes twice at the same time, and answers once', async () => {
    let other: Promise<unknown> | undefined;
    gateway.before = async () => {
      other ??= handle();
      await other.catch(() => undefined);
    };

    await expect(handle()).resolves.toMatchObject({ outcome: 'charged' });
    await expect(other).rejects.toThrow(WorkInProgressError);
    expect(gateway.charges).toBe(1);
  });

  it('takes an answer that nobody hears as settled, not as failed', async () => {
    tasks.before = call => (call === 'succeed' ? tasks.waiting.clear() : undefined);

    await expect(handle()).resolves.toEqual({ outcome: 'charged', details: { answer: 'settled' } });
  });

  it('a declined card is an answer', async () => {
    gateway.charge = async () => ({ status: 'declined', reason: 'No funds' });

    await expect(handle()).resolves.toMatchObject({ outcome: 'declined', details: { reason: 'No funds' } });
    expect(tasks.answers.get('token-1')).toEqual({ error: paymentErrors.declined, cause: 'No funds' });
  });

  it('a gateway that is down is none: the message comes back, and the workflow waits', async () => {
    gateway.before = down;

    await expect(handle()).rejects.toThrow(DependencyDownError);
    expect(tasks.waiting).toContain('token-1');
    gateway.before = () => undefined;
    await expect(handle()).resolves.toMatchObject({ outcome: 'charged' });
  });

  it('nor is Step Functions when it is: nothing is charged before somebody is known to wait', async () => {
    tasks.before = down;

    await expect(handle()).rejects.toThrow(DependencyDownError);
    expect(gateway.calls).toEqual([]);
  });

  describe('when the time is up meanwhile', () => {
    it('before it was charged: it is not', async () => {
      await expect(cancel()).resolves.toMatchObject({ outcome: 'canceled_before_charge' });

      await expect(handle()).resolves.toMatchObject({ outcome: 'ignored_canceled' });
      expect(gateway.balance('12345')).toBe(0);
      expect(tasks.answers.get('token-1')).toMatchObject({ error: paymentErrors.canceled });
    });

    it('while it is charged: it is given back', async () => {
      gateway.after = async call => {
        if (call.startsWith('charge')) await cancel();
      };

      await expect(handle()).resolves.toMatchObject({ outcome: 'ignored_canceled' });
      expect(gateway.balance('12345')).toBe(0);
    });

    it('after it was charged: it is given back, once', async () => {
      await handle();

      await expect(cancel()).resolves.toMatchObject({ outcome: 'refunded', answer: { status: 'refunded' } });
      await expect(cancel()).resolves.toMatchObject({ outcome: 'already_refunded' });
      expect(gateway.balance('12345')).toBe(0);
    });
  });
});

it('a cancellation tells of the same order, at its own time', () => {
  const at = new Date('2026-01-04T03:04:05.678Z');

  expect(cancellationOf(orderPlaced({ tenant: 'corner-shop' }), at)).toEqual({
    event_type: 'order_canceled',
    order_id: '12345',
    tenant: 'corner-shop',
    correlation_id: 'correlation-1',
    canceled_at: at.toISOString(),
  });
});
