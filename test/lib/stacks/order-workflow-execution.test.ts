import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import { paymentErrors, paymentTask, stockTask, taskEnvelope } from '../../../contracts/order-workflow.ts';
import { paymentCancellation } from '../../../lambda/order-workflow/payment-cancellation.ts';
import { paymentGivingUp } from '../../../lambda/order-workflow/payment-giving-up.ts';
import { paymentTaking } from '../../../lambda/order-workflow/payment-taking.ts';
import { stockKeeping } from '../../../lambda/order-workflow/stock-keeping.ts';
import { parseTask } from '../../../lambda/order-workflow/task-message.ts';
import type { PaymentState } from '../../../lambda/orders/domain/payment.ts';
import { DependencyDownError } from '../../../lambda/shared/failures.ts';
import { InMemoryStates } from '../../support/in-memory-states.ts';
import { orderPlaced } from '../../support/order-events.ts';
import { BookkeepingGateway } from '../../support/payment-gateway.ts';
import { InMemoryStockLedger } from '../../support/stock-ledger.ts';
import { systemTemplate } from '../../support/synthesized-app.ts';
import { definitionIn } from '../../support/workflow-definition.ts';
import { WorkflowExecution } from '../../support/workflow-execution.ts';

const definition = definitionIn(systemTemplate('order-workflow', 'dev'));
const order = orderPlaced();
const maxReceiveCount = 5;
const down = () => {
  throw new DependencyDownError('down');
};
let deliveries = 0;
const delivery = () => ({ id: `delivery-${++deliveries}`, remainingTimeInMs: () => 15_000 });

interface Invocation {
  readonly FunctionName: string;
  readonly Payload: object;
}

/** The system around the definition: its functions with what they keep, and its queue with the DLQ behind it. */
class OrderSystem {
  readonly stock = new InMemoryStockLedger({ TEAPOT: 5 });
  readonly payments = new InMemoryStates<PaymentState>();
  readonly gateway = new BookkeepingGateway();
  readonly execution = new WorkflowExecution(definition);
  /** Whether anybody takes messages. */
  hasWorkers = true;
  /** What becomes of a message on its way; what it throws, sending throws. */
  onSend: (message: string) => string = message => message;
  /** Messages that were sent, as their queue has them. */
  readonly sent: string[] = [];
  readonly #take = paymentTaking({
    tasks: this.execution,
    payments: this.payments,
    gateway: this.gateway,
    cardTokens: { decrypt: async () => undefined },
  });

  run() {
    const keep = stockKeeping({ stock: this.stock });
    const cancel = paymentCancellation({ payments: this.payments, gateway: this.gateway });
    const keepStock = async ({ Payload }: Invocation) => {
      const [task] = parseTask(stockTask, Payload);
      if (task === undefined) throw new Error('No task');
      return { Payload: (await keep(task)).answer };
    };
    return this.execution.run(
      { order },
      {
        'Reserve stock': keepStock,
        'Release stock': keepStock,
        'Cancel payment': async () => ({ Payload: (await cancel({ order }, delivery())).answer }),
        'Take payment': async ({ MessageBody }: { readonly MessageBody: object }) => {
          const message = this.onSend(JSON.stringify(MessageBody));
          this.sent.push(message);
          if (this.hasWorkers) void this.deliver(message);
        },
      },
    );
  }

  /** Receives a message until it is done, or in the DLQ and answered for there. */
  async deliver(message: string): Promise<string> {
    for (let received = 0; received < maxReceiveCount; received++) {
      try {
        const [task] = parseTask(paymentTask, JSON.parse(message));
        if (task !== undefined) return (await this.#take(task, delivery())).outcome;
      } catch {
        // It comes back.
      }
    }
    const [envelope] = parseTask(taskEnvelope, JSON.parse(message));
    return envelope ? (await paymentGivingUp({ tasks: this.execution })(envelope)).outcome : 'kept';
  }
}

describe('the definition, executed', () => {
  let system: OrderSystem;

  beforeEach(() => {
    system = new OrderSystem();
  });

  const shelf = () => system.stock.levels.get('TEAPOT');
  const untouched = { available: 5, reserved: 0 };

  it('is one that the language allows', () => {
    const checked = () =>
      new StateMachine(definition as StateMachineDefinition, { validationOptions: { checkArn: false } });
    expect(checked).not.toThrow();
  });

  it('an order is reserved and paid', async () => {
    await expect(system.run()).resolves.toEqual({
      status: 'SUCCEEDED',
      output: { order_id: '12345', status: 'paid' },
    });
    expect(shelf()).toEqual({ available: 3, reserved: 2 });
    expect(system.gateway.balance('12345')).toBe(9_999);
  });

  it('one out of stock ends there, and nobody is asked for money', async () => {
    system.stock.levels.set('TEAPOT', { available: 1, reserved: 0 });

    await expect(system.run()).resolves.toMatchObject({ output: { status: 'out_of_stock' } });
    expect(system.sent).toEqual([]);
  });

  it('one whose card is declined gives its stock back, and has not failed', async () => {
    system.gateway.charge = async () => ({ status: 'declined', reason: 'No funds' });

    await expect(system.run()).resolves.toEqual({
      status: 'SUCCEEDED',
      output: { order_id: '12345', status: 'declined', reason: 'No funds' },
    });
    expect(shelf()).toEqual(untouched);
    expect(system.sent).toHaveLength(1);
  });

  it('one that no worker takes up is undone, and a worker who comes late does not charge it', async () => {
    system.hasWorkers = false;

    await expect(system.run()).resolves.toMatchObject({ status: 'FAILED', error: 'States.HeartbeatTimeout' });
    expect(shelf()).toEqual(untouched);
    await expect(system.deliver(system.sent[0] ?? '')).resolves.toBe('nobody_waits');
    expect(system.gateway.calls).toEqual([]);
  });

  it('one that a worker takes up, and never answers, is undone too', async () => {
    system.gateway.before = async call => {
      if (!call.startsWith('charge')) return;
      const [token] = system.sent.map(message => (JSON.parse(message) as { task_token: string }).task_token);
      while ((await system.execution.heartbeat(token ?? '')) === 'heard') await new Promise(setImmediate);
    };

    await expect(system.run()).resolves.toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect(shelf()).toEqual(untouched);
    expect(system.gateway.balance('12345')).toBe(0);
  });

  it('one that fails until the queue gives it up is undone at once', async () => {
    system.gateway.before = call => (call.startsWith('charge') ? down() : undefined);

    await expect(system.run()).resolves.toMatchObject({ status: 'FAILED', error: paymentErrors.givenUp });
    expect(system.gateway.calls.filter(call => call.startsWith('charge'))).toHaveLength(maxReceiveCount);
    expect(shelf()).toEqual(untouched);
  });

  it('so is one whose message nobody can read', async () => {
    system.onSend = message => JSON.stringify({ ...(JSON.parse(message) as object), order: 'poison' });

    await expect(system.run()).resolves.toMatchObject({ status: 'FAILED', error: paymentErrors.givenUp });
    expect(shelf()).toEqual(untouched);
  });

  it('a table that is down for a while is asked again', async () => {
    let failures = 3;
    system.stock.beforeWrite = () => (failures-- > 0 ? down() : undefined);

    await expect(system.run()).resolves.toMatchObject({ output: { status: 'paid' } });
    expect(shelf()).toEqual({ available: 3, reserved: 2 });
  });

  it('a queue that takes no message for a while is, too', async () => {
    let failures = 2;
    system.onSend = message => (failures-- > 0 ? down() : message);

    await expect(system.run()).resolves.toMatchObject({ output: { status: 'paid' } });
    expect(system.gateway.charges).toBe(1);
  });

  it('what cannot be undone fails where it is, for somebody to go on from there', async () => {
    system.gateway.charge = async () => ({ status: 'declined', reason: 'No funds' });
    system.stock.beforeWrite = next => (next.status === 'released' ? down() : undefined);

    await expect(system.run()).resolves.toMatchObject({ status: 'FAILED', error: 'DependencyDownError' });
    expect(system.execution.entered.at(-1)).toBe('Release stock');
    expect(shelf()).toEqual({ available: 3, reserved: 2 });
  });
});
