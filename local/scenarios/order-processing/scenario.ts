import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { until } from '../condition.ts';
import { OrderRecords } from '../order-records.ts';
import { messagesIn, redrive } from '../queue-state.ts';
import type { CheckOptions, CheckSteps, RunningSystem, Scenario } from '../scenario.ts';
import { type AlarmPage, AlarmPager } from './alarm-pager.ts';
import { AlarmWebhook } from './alarm-webhook.ts';
import { CardGateway } from './card-gateway.ts';
import {
  cardOrder,
  demandOf,
  ordersFrom1001,
  ordersThrough,
  type PostedOrder,
  poisonOrder,
} from './order-book.ts';
import { OrderDesk } from './order-desk.ts';
import { TopicTap } from './topic-tap.ts';

const paymentFunction = 'order-processing/PaymentConsumer/Function';
const redriverFunction = 'order-processing/Redriver/Run/Function';
const deadLetterAlarm = 'order-processing/PaymentMonitoring/DeadLetters';
/** What the alarms begin with that tell of all that is wrong with payments. */
const incident = 'order-processing-PaymentIncident';

/** As many orders go through the HTTP intake; its throttle would hold up more. */
const postedOverHttp = 20;
/** One of these is shipped, the other canceled. */
const shippedOrder = '1003';
const canceledOrder = '1004';

/** A shop with a sale on, and one with a usual day. */
const noisyShop = { name: 'sale-shop', orders: 120 };
const quietShop = { name: 'corner-shop', orders: 5 };
/** What consumers have in hand is done anyhow; so many more are certainly overtaken. */
const overtakenAtLeast = 50;

export const scenario: Scenario = {
  environment: {
    [paymentFunction]: { SIMULATED_GATEWAY_FAILS: poisonOrder.order_id },
    // Five receives, two seconds apart: what fails again is back by then.
    [redriverFunction]: { SETTLE_SECONDS: '15' },
  },

  async demonstrate(system, tell) {
    const desk = new OrderDesk(system);
    const orders = ordersFrom1001(8);
    await new OrderRecords(system).stock(doubled(demandOf(orders)));
    for (const order of orders) await desk.post(order);
    await desk.publishUnasked();
    await desk.ship(shippedOrder);
    await desk.cancel(canceledOrder);

    tell(`Order ${poisonOrder.order_id} fails until its queue gives it up.`);
    const deadLetters = system.output('PaymentDlqUrl');
    await until(async () => unequal('messages in the DLQ', await messagesIn(system.sqs, deadLetters), 1));
    system.updateEnvironment(paymentFunction, { SIMULATED_GATEWAY_FAILS: '' });
    tell(
      `It waits in the DLQ, and the gateway is mended. Bring it back: npm run redrive -- order-processing-payment --endpoint ${system.endpoint}`,
    );
  },

  async check(system, steps, options) {
    await new OrderCheck(system, steps, options).run();
  },
};

/** One order's way through the system, told in steps that must hold. */
class OrderCheck {
  readonly #system: RunningSystem;
  readonly #steps: CheckSteps;
  readonly #desk: OrderDesk;
  readonly #records: OrderRecords;
  readonly #orders: readonly PostedOrder[];
  /** Of the first order, as its client heard of it. */
  #correlationId = '';

  constructor(system: RunningSystem, steps: CheckSteps, { volume }: CheckOptions) {
    this.#system = system;
    this.#steps = steps;
    this.#desk = new OrderDesk(system);
    this.#records = new OrderRecords(system);
    this.#orders = ordersFrom1001(Math.max(volume, 4));
  }

  async run(): Promise<void> {
    const pager = await AlarmPager.on(this.#system);
    const webhook = await AlarmWebhook.on(this.#system);
    try {
      await this.#takesOrders();
      await this.#refusesWhatIsNone();
      await this.#processesEach();
      await this.#followsOne();
      await this.#followsUp();
      await this.#setsPoisonAside(pager);
      await this.#callsSomebody(webhook, 'ALARM');
      await this.#redrives(pager);
      await this.#callsSomebody(webhook, 'ALARM', 'OK');
    } finally {
      await webhook.close();
      await pager.close();
    }
    await this.#servesShopsFairly();
    await this.#keepsCardsSecret();
    await this.#didNothingTwice();
  }

  async #takesOrders(): Promise<void> {
    const { step } = this.#steps;
    await step('the shelves are stocked', async () => {
      await this.#records.stock(doubled(demandOf(this.#orders)));
      return undefined;
    });
    const posted = this.#orders.slice(0, postedOverHttp);
    await step(`${posted.length} orders over HTTP are answered 202`, async () => {
      const answers = await Promise.all(posted.map(order => this.#desk.post(order)));
      expectAll(
        answers.map(({ status }) => status),
        202,
      );
      this.#correlationId = answers[0]?.headers.get('x-correlation-id') ?? '';
      return `order ${poisonOrder.order_id} of ${poisonOrder.customer} among them`;
    });
    const published = this.#orders.slice(postedOverHttp);
    if (published.length > 0) {
      await step(`${published.length} more are published to the topic`, async () => {
        await this.#desk.publishPlaced(published);
        return undefined;
      });
    }
  }

  async #refusesWhatIsNone(): Promise<void> {
    const { step } = this.#steps;
    await step('an order with faults is answered 400, naming each', async () => {
      const response = await this.#desk.post({ order_id: 'no spaces', total: -1 });
      expectEqual(response.status, 400);
      const { faults } = (await response.json()) as { faults: readonly { field: string }[] };
      const fields = faults.map(fault => fault.field).sort();
      expectEqual(fields.join(', '), 'customer, order_id, total');
      return fields.join(', ');
    });
    await step('the same order again is answered 202 and published once', async () => {
      expectEqual((await this.#desk.post(this.#orders[0])).status, 202);
      return undefined;
    });
    await step('an event that no filter names reaches nobody', async () => {
      await this.#desk.publishUnasked();
      return 'user_logged_in';
    });
  }

  async #followsOne(): Promise<void> {
    await this.#steps.step(
      "an order's correlation id finds it again in the log of every function",
      async () => {
        const { logQuery, log } = this.#system;
        const found = logQuery?.find(log, this.#correlationId) ?? [];
        const [first, ...others] = [...new Set(found.map(({ fields }) => String(fields.service)))];
        const way = [first, ...others.sort()].join(', ');
        expectEqual(way, 'place-order, inventory, payment, shipping');
        return way;
      },
    );
  }

  async #processesEach(): Promise<void> {
    const count = this.#orders.length;
    await this.#steps.step(`each of ${count} orders is charged, reserved and to be shipped`, async () => {
      const start = performance.now();
      await until(async () => this.#unprocessed(), { timeoutInMilliseconds: 30_000 + count * 10 });
      const seconds = (performance.now() - start) / 1_000;
      expectStatus(await this.#records.payments(), 'charged', count - 1, [poisonOrder.order_id]);
      expectStatus(await this.#records.reservations(), 'reserved', count);
      expectStatus(await this.#records.shipments(), 'open', count);
      return seconds > 1
        ? `${Math.round((count * 3) / seconds)} deliveries a second after the last was sent`
        : undefined;
    });
  }

  /** By what the functions say, which is cheap to ask often; the tables are read when that is complete. */
  #unprocessed(): string | undefined {
    const count = this.#orders.length;
    const expected = { charged: count - 1, reserved: count, opened: count };
    for (const [outcome, orders] of Object.entries(expected)) {
      const done = this.#ordersWith(outcome).length;
      if (done < orders) return `${done} of ${orders} orders are ${outcome}`;
    }
    return undefined;
  }

  #ordersWith(outcome: string): unknown[] {
    return this.#system.log
      .filter(({ fields }) => fields.outcome === outcome)
      .map(({ fields }) => fields.order_id);
  }

  async #followsUp(): Promise<void> {
    const { step } = this.#steps;
    await step(`order ${shippedOrder} ships: stock deducted, shipment closed`, async () => {
      await this.#desk.ship(shippedOrder);
      await until(
        async () =>
          unequal('reservation', (await this.#records.reservations()).get(shippedOrder), 'deducted') ??
          unequal('shipment', (await this.#records.shipments()).get(shippedOrder), 'closed'),
      );
      return undefined;
    });
    await step(`order ${canceledOrder} is canceled: refunded, released, not shipped`, async () => {
      await this.#desk.cancel(canceledOrder);
      await until(
        async () =>
          unequal('payment', (await this.#records.payments()).get(canceledOrder), 'refunded') ??
          unequal('reservation', (await this.#records.reservations()).get(canceledOrder), 'released') ??
          unequal('shipment', (await this.#records.shipments()).get(canceledOrder), 'canceled'),
      );
      return undefined;
    });
  }

  async #setsPoisonAside(pager: AlarmPager): Promise<void> {
    const { step } = this.#steps;
    await step(`order ${poisonOrder.order_id} alone is in the payment DLQ`, async () => {
      const { sqs } = this.#system;
      const url = this.#system.output('PaymentDlqUrl');
      await until(async () => unequal('messages in the DLQ', await messagesIn(sqs, url), 1));
      const { Messages: [message] = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: url, VisibilityTimeout: 0 }),
      );
      const { order_id } = JSON.parse(message?.Body ?? '{}') as { order_id?: string };
      expectEqual(order_id, poisonOrder.order_id);
      expectEncrypted(message?.Body ?? '', poisonOrder.card_token);
      for (const output of ['PaymentQueueUrl', 'InventoryDlqUrl', 'ShippingDlqUrl']) {
        expectEqual(await messagesIn(sqs, this.#system.output(output)), 0);
      }
      return undefined;
    });
    await step('the alarm of the payment DLQ goes off', async () => {
      await until(async () => unequal('alarm', this.#system.alarmState(deadLetterAlarm), 'ALARM'));
      return undefined;
    });
    await step('one page tells of all that is wrong with payments, and where its runbook is', async () => {
      const page = await pager.next(tellsOfPayments('ALARM'));
      const signs = page.TriggeringChildren?.map(({ Arn }) => Arn.split('Monitoring')[1]?.slice(0, -8));
      return `${signs?.join(', ')}; ${page.AlarmDescription.split('Runbook: ')[1]}`;
    });
  }

  async #callsSomebody(webhook: AlarmWebhook, ...told: readonly string[]): Promise<void> {
    const what = told.includes('OK') ? 'is told once that it is over' : 'is told of it once';
    await this.#steps.step(`whoever calls people, over HTTP, ${what}`, async () => {
      // That alarms are OK when they are made is told, too.
      await until(async () => unequal('alarms', sinceAlarm(webhook.called).join(), told.join()));
      return undefined;
    });
  }

  async #redrives(pager: AlarmPager): Promise<void> {
    const { step } = this.#steps;
    await step(`mended and redriven, order ${poisonOrder.order_id} is charged`, async () => {
      this.#system.updateEnvironment(paymentFunction, { SIMULATED_GATEWAY_FAILS: '' });
      const moved = await redrive(this.#system.sqs, this.#system.output('PaymentDlqUrl'));
      expectEqual(moved, 1);
      await until(async () =>
        unequal('payment', (await this.#records.payments()).get(poisonOrder.order_id), 'charged'),
      );
      return undefined;
    });
    await step('the alarm is over', async () => {
      await until(async () => unequal('alarm', this.#system.alarmState(deadLetterAlarm), 'OK'));
      return undefined;
    });
    await step('whoever was paged is told that it is, and was paged once', async () => {
      await pager.next(tellsOfPayments('OK'));
      const pages = pager.seen.filter(({ NewStateValue }) => NewStateValue === 'ALARM');
      expectEqual(pages.length, 1);
      return undefined;
    });
  }

  async #servesShopsFairly(): Promise<void> {
    await this.#steps.step('a few orders of one shop do not wait behind the many of another', async () => {
      const noisy = ordersThrough(noisyShop.name, noisyShop.orders);
      const quiet = ordersThrough(quietShop.name, quietShop.orders);
      await this.#desk.publishPlaced(noisy);
      await this.#desk.publishPlaced(quiet);
      const shopsCharged = () =>
        this.#system.log
          .filter(({ fields }) => fields.outcome === 'charged' && fields.message_group !== undefined)
          .map(({ fields }) => fields.message_group);
      await until(
        async () => unequal('charged orders of shops', shopsCharged().length, noisy.length + quiet.length),
        { timeoutInMilliseconds: 60_000 },
      );
      const charged = shopsCharged();
      const overtaken = charged.length - 1 - charged.lastIndexOf(quietShop.name);
      if (overtaken < overtakenAtLeast) {
        throw new Error(
          `${overtaken} orders of ${noisyShop.name} were overtaken, not ${overtakenAtLeast} or more`,
        );
      }
      return `${quiet.length} overtook ${overtaken} of ${noisy.length} that were placed before them`;
    });
  }

  async #keepsCardsSecret(): Promise<void> {
    await this.#steps.step(
      "a card's token reaches the gateway, and nobody on the way can read it",
      async () => {
        const tap = await TopicTap.on(this.#system, this.#system.output('OrderPlacedTopicArn'));
        const gateway = new CardGateway();
        try {
          this.#system.updateEnvironment(paymentFunction, { PAYMENT_GATEWAY_URL: await gateway.start() });
          expectEqual((await this.#desk.post(cardOrder)).status, 202);
          expectEncrypted(await tap.next(), cardOrder.card_token);
          await until(async () => unequal('token', gateway.cardTokens[0], cardOrder.card_token));
          await until(async () =>
            unequal('payment', (await this.#records.payments()).get(cardOrder.order_id), 'charged'),
          );
          expectEqual(JSON.stringify(this.#system.log).includes(cardOrder.card_token), false);
        } finally {
          await tap.close();
          await gateway.stop();
        }
        return 'not on the topic, in the DLQ, or in a log line';
      },
    );
  }

  async #didNothingTwice(): Promise<void> {
    await this.#steps.step('nothing was done twice, and nothing is left in a queue', async () => {
      for (const queue of ['Payment', 'Inventory', 'Shipping']) {
        for (const kind of ['QueueUrl', 'DlqUrl']) {
          const url = this.#system.output(`${queue}${kind}`);
          await until(async () => unequal(`messages in ${url}`, await messagesIn(this.#system.sqs, url), 0));
        }
      }
      for (const outcome of ['charged', 'refunded', 'reserved', 'deducted', 'released', 'opened', 'closed']) {
        const twice = repeated(this.#ordersWith(outcome));
        if (twice.length > 0) throw new Error(`${outcome} twice: orders ${twice.join(', ')}`);
      }
      await this.#expectShelvesToAddUp();
      return undefined;
    });
  }

  /** What left the shelves or is kept for orders is exactly what the orders asked for. */
  async #expectShelvesToAddUp(): Promise<void> {
    const open = this.#orders.filter(order => order.order_id !== canceledOrder);
    const asked = demandOf(open);
    const reserved = demandOf(open.filter(order => order.order_id !== shippedOrder));
    const initial = doubled(demandOf(this.#orders));
    for (const [sku, shelf] of await this.#records.shelf()) {
      expectEqual(shelf.available, (initial.get(sku) ?? 0) - (asked.get(sku) ?? 0));
      expectEqual(shelf.reserved, reserved.get(sku) ?? 0);
    }
  }
}

function tellsOfPayments(state: string): (page: AlarmPage) => boolean {
  return ({ AlarmName, NewStateValue }) => AlarmName.startsWith(incident) && NewStateValue === state;
}

/** States of what is wrong with payments, from when something was. */
function sinceAlarm(pages: readonly AlarmPage[]): readonly string[] {
  const states = pages
    .filter(({ AlarmName }) => AlarmName.startsWith(incident))
    .map(({ NewStateValue }) => NewStateValue);
  return states.includes('ALARM') ? states.slice(states.indexOf('ALARM')) : [];
}

function doubled(demand: ReadonlyMap<string, number>): Map<string, number> {
  return new Map([...demand].map(([sku, pieces]) => [sku, pieces * 2]));
}

function expectStatus(
  statuses: ReadonlyMap<string, string>,
  status: string,
  count: number,
  except: readonly string[] = [],
): void {
  const others = [...statuses].filter(([id, found]) => found !== status && !except.includes(id));
  if (others.length > 0) throw new Error(`not ${status}: ${others.slice(0, 5).join('; ')}`);
  expectEqual([...statuses.keys()].filter(id => !except.includes(id)).length, count);
}

/** @throws Error where a message holds a secret in plain text, or does not hold it at all. */
function expectEncrypted(body: string, secret: string): void {
  const { card_token } = JSON.parse(body) as { card_token?: { readonly ciphertext?: string } };
  if (body.includes(secret)) throw new Error('the card token can be read in the message');
  if (!card_token?.ciphertext) throw new Error('the message holds no encrypted card token');
}

function repeated(values: readonly unknown[]): unknown[] {
  const seen = new Set<unknown>();
  return values.filter(value => seen.size === seen.add(value).size);
}

function unequal(what: string, actual: unknown, expected: unknown): string | undefined {
  return actual === expected ? undefined : `${what}: ${String(actual)} instead of ${String(expected)}`;
}

function expectEqual(actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`${String(actual)} instead of ${String(expected)}`);
}

function expectAll(actual: readonly unknown[], expected: unknown): void {
  const others = actual.filter(value => value !== expected);
  if (others.length > 0)
    throw new Error(
      `${others.length} of ${actual.length} are ${others.join(', ')} instead of ${String(expected)}`,
    );
}
