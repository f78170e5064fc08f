import { until } from '../condition.ts';
import { expectEqual, unequal } from '../expectations.ts';
import { OrderRecords } from '../order-records.ts';
import { messagesIn } from '../queue-state.ts';
import type { CheckOptions, CheckSteps, RunningSystem, Scenario } from '../scenario.ts';
import { type PostedOrder, WorkflowDesk } from './workflow-desk.ts';

const paymentFunction = 'order-workflow/TakePayment/Function';
const failedAlarm = 'order-workflow/OrdersMonitoring/Failed';
const onTheShelf = 1_000;

const declinedOrder = orderOf('declined-1');
const unreachableOrder = orderOf('unreachable-1');
const unansweredOrder = orderOf('unanswered-1');
const hugeOrder: PostedOrder = {
  ...orderOf('huge-1'),
  items: [
    { sku: 'lamp', quantity: 999 },
    { sku: 'desk', quantity: 999 },
  ],
};
const cardOrder = { ...orderOf('card-1'), card_token: 'card_Alice_u81KpYcL0e' };

export const scenario: Scenario = {
  environment: {
    [paymentFunction]: {
      SIMULATED_GATEWAY_DECLINES: declinedOrder.order_id,
      SIMULATED_GATEWAY_FAILS: unreachableOrder.order_id,
    },
  },

  async demonstrate(system, tell) {
    const desk = new WorkflowDesk(system);
    await new OrderRecords(system).stock(shelf());
    for (const order of [orderOf('1001'), orderOf('1002'), declinedOrder, hugeOrder]) await desk.post(order);
    await desk.post(unreachableOrder);
    tell(`The payment of order ${unreachableOrder.order_id} fails until its queue gives it up.`);
    await desk.untilEnded(unreachableOrder, 'PaymentGivenUp');
    tell('Its workflow heard of that, canceled the payment and released the stock.');
  },

  async check(system, steps, options) {
    await new WorkflowCheck(system, steps, options).run();
  },
};

/** What becomes of orders, told in steps that must hold. */
class WorkflowCheck {
  readonly #system: RunningSystem;
  readonly #steps: CheckSteps;
  readonly #desk: WorkflowDesk;
  readonly #records: OrderRecords;
  readonly #orders: readonly PostedOrder[];

  constructor(system: RunningSystem, steps: CheckSteps, { volume }: CheckOptions) {
    this.#system = system;
    this.#steps = steps;
    this.#desk = new WorkflowDesk(system);
    this.#records = new OrderRecords(system);
    this.#orders = Array.from({ length: volume }, (_, index) => orderOf(String(1001 + index)));
  }

  async run(): Promise<void> {
    await this.#takesOrders();
    await this.#paysThem();
    await this.#undoesWhatIsRefused();
    await this.#undoesWhatIsGivenUp();
    await this.#undoesWhatNobodyAnswers();
    await this.#leavesNothing();
  }

  async #takesOrders(): Promise<void> {
    const { step } = this.#steps;
    await step(`${this.#orders.length} orders over HTTP are answered 202`, async () => {
      await this.#records.stock(shelf());
      // It fails for as long as its queue is patient: whatever else is looked at goes on meanwhile.
      for (const order of [unreachableOrder, ...this.#orders]) {
        expectEqual(`order ${order.order_id}`, await this.#desk.post(order), 202);
      }
      return undefined;
    });
    await step('the same order is taken again, and another one under its id is not', async () => {
      const [order] = this.#orders as [PostedOrder];
      expectEqual('the same', await this.#desk.post(order), 202);
      expectEqual('another', await this.#desk.post({ ...order, customer: 'Mallory' }), 409);
      return undefined;
    });
  }

  async #paysThem(): Promise<void> {
    const { step } = this.#steps;
    await step('each is reserved and paid', async () => {
      for (const order of this.#orders) await this.#desk.untilEnded(order, 'paid');
      return undefined;
    });
    await step("a card's token cannot be read in what the execution keeps", async () => {
      expectEqual('card order', await this.#desk.post(cardOrder), 202);
      await this.#desk.untilEnded(cardOrder, 'paid');
      const { input = '' } = await this.#desk.execution(cardOrder);
      expectEqual('ciphertext', input.includes('"ciphertext"'), true);
      expectEqual('plain text', input.includes(cardOrder.card_token), false);
      return undefined;
    });
  }

  async #undoesWhatIsRefused(): Promise<void> {
    const { step } = this.#steps;
    await step('an order that is out of stock ends there, and nobody is asked for money', async () => {
      expectEqual('huge order', await this.#desk.post(hugeOrder), 202);
      await this.#desk.untilEnded(hugeOrder, 'out_of_stock');
      expectEqual('payment', await this.#paymentOf(hugeOrder), undefined);
      return undefined;
    });
    await step('one whose card is declined gives its stock back, and has not failed', async () => {
      expectEqual('declined order', await this.#desk.post(declinedOrder), 202);
      await this.#desk.untilEnded(declinedOrder, 'declined');
      await this.#expectReleased(declinedOrder);
      return undefined;
    });
  }

  async #undoesWhatIsGivenUp(): Promise<void> {
    const { step } = this.#steps;
    await step('one whose payment the queue gives up is undone, since the DLQ is answered for', async () => {
      await this.#desk.untilEnded(unreachableOrder, 'PaymentGivenUp');
      await this.#expectReleased(unreachableOrder);
      // Nobody knows whether the gateway took anything: it was asked to give it back.
      expectEqual('payment', await this.#paymentOf(unreachableOrder), 'refunded');
      return undefined;
    });
    await step('a person is told', async () => {
      await until(async () => unequal('alarm', this.#system.alarmState(failedAlarm), 'ALARM'));
      return undefined;
    });
  }

  async #undoesWhatNobodyAnswers(): Promise<void> {
    const { step } = this.#steps;
    const tableName = this.#system.output('PaymentsTableName');
    await step('one that no worker takes up is undone when its heartbeat is missing', async () => {
      this.#system.updateEnvironment(paymentFunction, { TABLE_NAME: '' });
      expectEqual('unanswered order', await this.#desk.post(unansweredOrder), 202);
      await this.#desk.untilEnded(unansweredOrder, 'States.HeartbeatTimeout');
      await this.#expectReleased(unansweredOrder);
      return 'a bad deployment broke the worker';
    });
    await step('a worker who comes late finds that nobody waits, and takes no money', async () => {
      this.#system.updateEnvironment(paymentFunction, { TABLE_NAME: tableName });
      await until(async () =>
        unequal('nobody waits', this.#desk.times('take-payment', 'nobody_waits', unansweredOrder), 1),
      );
      expectEqual('payment', await this.#paymentOf(unansweredOrder), 'canceled');
      return undefined;
    });
  }

  async #leavesNothing(): Promise<void> {
    await this.#steps.step('nothing was done twice, and no message is left', async () => {
      for (const order of this.#orders) {
        const charges = () => this.#desk.times('take-payment', 'charged', order);
        // The line is written after the answer is given.
        await until(async () => unequal(`charges of ${order.order_id}`, charges(), 1));
      }
      const kept = this.#orders.length + 1;
      const { available, reserved } = (await this.#records.shelf()).get('chair') ?? {};
      expectEqual('reserved', reserved, kept);
      expectEqual('available', available, onTheShelf - kept);
      for (const queue of ['PaymentTasksQueueUrl', 'PaymentTasksDlqUrl']) {
        const url = this.#system.output(queue);
        await until(async () => unequal(`messages in ${url}`, await messagesIn(this.#system.sqs, url), 0));
      }
      return undefined;
    });
  }

  async #expectReleased({ order_id }: PostedOrder): Promise<void> {
    expectEqual('reservation', (await this.#records.reservations()).get(order_id), 'released');
  }

  async #paymentOf({ order_id }: PostedOrder): Promise<string | undefined> {
    return (await this.#records.payments()).get(order_id);
  }
}

function shelf(): ReadonlyMap<string, number> {
  return new Map([
    ['chair', onTheShelf],
    ['lamp', 10],
    ['desk', 10],
  ]);
}

/** An order of one chair. */
function orderOf(order_id: string): PostedOrder {
  return { order_id, customer: 'Alice', total: 19.99, items: [{ sku: 'chair', quantity: 1 }] };
}
