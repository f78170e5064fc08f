import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { until } from '../condition.ts';
import { expectEqual, unequal } from '../expectations.ts';
import { messagesIn, redrive } from '../queue-state.ts';
import type { CheckSteps, RunningSystem, Scenario } from '../scenario.ts';
import { LedgerDesk } from './ledger-desk.ts';
import { lifeOf } from './order-life.ts';

const deadLetterAlarm = 'order-ledger/LedgerMonitoring/DeadLetters';
const everyPlace = '1, 2, 3, 4';

export const scenario: Scenario = {
  async demonstrate(system, tell) {
    const desk = new LedgerDesk(system);
    const orders = ['1001', '1002', '1003'];
    await desk.publish([0, 1, 2, 3].flatMap(place => orders.map(order => lifeOf(order)[place] as never)));
    for (const order of orders) {
      await until(async () => unequal(`events of ${order}`, (await desk.standing(order)).sequence, 4));
      tell(`Order ${order}: events ${desk.booked(order).join(', ')} are booked, in this order`);
    }
  },

  async check(system, steps, { volume }) {
    await new LedgerCheck(system, steps, volume).run();
  },
};

/** What becomes of events, told in steps that must hold. */
class LedgerCheck {
  readonly #system: RunningSystem;
  readonly #step: CheckSteps['step'];
  readonly #desk: LedgerDesk;
  readonly #orders: readonly string[];

  constructor(system: RunningSystem, { step }: CheckSteps, volume: number) {
    this.#system = system;
    this.#step = step;
    this.#desk = new LedgerDesk(system);
    this.#orders = Array.from({ length: volume }, (_, index) => String(1001 + index));
  }

  async run(): Promise<void> {
    await this.#publishes();
    await this.#booksInOrder();
    await this.#booksOnce();
    await this.#stopsOneGroup();
    await this.#goesOn();
  }

  async #publishes(): Promise<void> {
    await this.#step('events of many orders are published, mixed, and some twice', async () => {
      // These two stand still, and must not hold up the others.
      const [placed, , paid] = lifeOf('gap');
      await this.#desk.publish([placed, paid]);
      const [first, second, third] = lifeOf('poison');
      await this.#desk.publish([first, { ...second, amount_minor: 'half' } as never, third]);
      for (const place of [0, 1, 2, 3]) {
        const events = this.#orders.map(order => lifeOf(order)[place] as never);
        await this.#desk.publish([...events, ...events.slice(0, 3)]);
      }
      return `${this.#orders.length} orders`;
    });
  }

  async #booksInOrder(): Promise<void> {
    await this.#step('every order is booked in its order, and side by side with the others', async () => {
      for (const order of this.#orders) {
        await this.#until(order, everyPlace);
        expectEqual(`owed of ${order}`, (await this.#desk.standing(order)).balance_minor, 0);
      }
      return undefined;
    });
  }

  async #booksOnce(): Promise<void> {
    await this.#step('an event that comes again after SNS forgot it is not booked again', async () => {
      const [first = ''] = this.#orders;
      await this.#desk.publish([lifeOf(first)[1]], 'published-again');
      await until(async () => {
        const again = this.#system.log.some(
          ({ fields }) => fields.order_id === first && fields.outcome === 'booked_before',
        );
        return again ? undefined : 'the event has not come again';
      });
      expectEqual(`booked of ${first}`, this.#desk.booked(first).join(', '), everyPlace);
      return undefined;
    });
  }

  async #stopsOneGroup(): Promise<void> {
    await this.#step(
      'an event that cannot be booked ends in the FIFO DLQ, and what is behind it too',
      async () => {
        await until(async () =>
          unequal('messages in the DLQ', await messagesIn(this.#system.sqs, this.#deadLetterQueue), 3),
        );
        expectEqual('booked of poison', this.#desk.booked('poison').join(', '), '1');
        expectEqual('booked of gap', this.#desk.booked('gap').join(', '), '1');
        return undefined;
      },
    );
    await this.#step('the alarm of the DLQ goes off', async () => {
      await until(async () => unequal('alarm', this.#system.alarmState(deadLetterAlarm), 'ALARM'));
      return deadLetterAlarm;
    });
  }

  async #goesOn(): Promise<void> {
    await this.#step('what was missing is published, and booked', async () => {
      for (const order of ['gap', 'poison']) {
        await this.#desk.publish([lifeOf(order)[1]]);
        await this.#until(order, '1, 2');
      }
      return undefined;
    });
    await this.#step(
      'the event that is none is deleted, and the others are redriven and booked',
      async () => {
        await this.#deleteUnreadable();
        expectEqual('redriven', await redrive(this.#system.sqs, this.#deadLetterQueue), 2);
        for (const order of ['gap', 'poison']) {
          await this.#until(order, '1, 2, 3');
        }
        expectEqual('messages in the DLQ', await messagesIn(this.#system.sqs, this.#deadLetterQueue), 0);
        return undefined;
      },
    );
    await this.#step('the alarm of the DLQ is over', async () => {
      await until(async () => unequal('alarm', this.#system.alarmState(deadLetterAlarm), 'OK'));
      return undefined;
    });
  }

  /** Waits until these places of an order are booked, and in this order. */
  async #until(order: string, places: string): Promise<void> {
    await until(async () => unequal(`booked of ${order}`, this.#desk.booked(order).join(', '), places));
  }

  get #deadLetterQueue(): string {
    return this.#system.output('LedgerDlqUrl');
  }

  /** Takes the event that no retry mends out of the DLQ: moved back, it would stop its group again. */
  async #deleteUnreadable(): Promise<void> {
    const { sqs } = this.#system;
    const QueueUrl = this.#deadLetterQueue;
    const { Messages: messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    for (const { Body: body = '', ReceiptHandle } of messages) {
      await sqs.send(
        body.includes('"half"')
          ? new DeleteMessageCommand({ QueueUrl, ReceiptHandle })
          : (new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }) as never),
      );
    }
  }
}
