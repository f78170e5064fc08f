import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { replayIdAttribute, typeInKey } from '../../../contracts/event-archive.ts';
import { eventTypeAttribute } from '../../../contracts/events.ts';
import type { OrderEvent } from '../../../contracts/orders.ts';
import { until } from '../condition.ts';
import { expectEqual, repeated, unequal } from '../expectations.ts';
import { keepFile } from '../kept-files.ts';
import { messagesIn } from '../queue-state.ts';
import type { CheckOptions, CheckSteps, RunningSystem, Scenario } from '../scenario.ts';
import { ArchiveShelf } from './archive-shelf.ts';
import { eventsOf, publish, publishAll } from './order-events.ts';
import { ReplayCommand } from './replay-command.ts';

const unreadableAlarm = 'event-archive/ArchiveMonitoring/UnreadableQueue';
const anHour = 3_600_000;

export const scenario: Scenario = {
  async demonstrate(system, tell) {
    await publishAll(system, eventsOf(10));
    const shelf = new ArchiveShelf(system);
    await until(async () => unequal('types archived', new Set(keysOf(await shelf.events())).size >= 3, true));
    for (const { key, lines } of await shelf.events()) tell(`${lines.length} archived in ${key}`);
    tell('Send them into any queue again with npm run replay -- --help');
  },

  async check(system, steps, options) {
    await new ArchiveCheck(system, steps, options).run();
  },
};

/** What becomes of events in the archive and on their way back, told in steps that must hold. */
class ArchiveCheck {
  readonly #system: RunningSystem;
  readonly #steps: CheckSteps;
  readonly #shelf: ArchiveShelf;
  readonly #events: readonly OrderEvent[];
  readonly #window = [
    ...['--from', new Date(Date.now() - anHour).toISOString()],
    ...['--to', new Date(Date.now() + anHour).toISOString()],
  ];

  constructor(system: RunningSystem, steps: CheckSteps, { volume }: CheckOptions) {
    this.#system = system;
    this.#steps = steps;
    this.#shelf = new ArchiveShelf(system);
    this.#events = eventsOf(volume);
  }

  async run(): Promise<void> {
    await this.#keepsEvents();
    await this.#deletesTestEvent();
    await this.#setsUnreadableAside();
    await this.#replays();
    await this.#goesOn();
  }

  async #keepsEvents(): Promise<void> {
    const { step } = this.#steps;
    await step('every event is kept, under its date and type', async () => {
      await publish(this.#system, {
        body: '{"event_type":"user_logged_in","user":"Alice"}',
        attributes: { eventType: 'user_logged_in' },
      });
      await publishAll(this.#system, this.#events);
      await until(async () =>
        unequal('events archived', (await this.#archived()).length, this.#events.length),
      );
      const wanted = this.#events.map(({ event_type, order_id }) => `${event_type} ${order_id}`).sort();
      expectEqual('events by type', (await this.#archived()).sort().join(', '), wanted.join(', '));
      const today = new Date().toISOString().slice(0, 10);
      return `events/date=${today}/type=order_placed/`;
    });
    await step('what no filter names is not', async () => {
      const types = new Set(keysOf(await this.#shelf.events()).map(typeInKey));
      expectEqual('types', [...types].sort().join(', '), 'order_canceled, order_placed, order_shipped');
      return undefined;
    });
  }

  /** It would have the alarm go off before anything could not be filed. */
  async #deletesTestEvent(): Promise<void> {
    await this.#steps.step('the test event of S3 is all that waits until then, and is deleted', async () => {
      const QueueUrl = this.#system.output('UnreadableQueueUrl');
      const { Messages: messages = [] } = await this.#system.sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
      );
      expectEqual('messages', messages.length, 1);
      for (const { Body = '', ReceiptHandle } of messages) {
        expectEqual('event', (JSON.parse(Body) as { readonly Event?: string }).Event, 's3:TestEvent');
        await this.#system.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
      await until(async () => unequal('alarm', this.#system.alarmState(unreadableAlarm), 'OK'));
      return undefined;
    });
  }

  async #setsUnreadableAside(): Promise<void> {
    await this.#steps.step('what is no JSON is kept under the errors, and somebody is told', async () => {
      const body = 'order_id=7';
      await publish(this.#system, { body, attributes: { eventType: 'order_placed' } });
      await until(async () => unequal('errors', (await this.#shelf.errors()).length, 1));
      const [error] = await this.#shelf.errors();
      const [{ rawData = '' } = {}] = (error?.lines ?? []) as { readonly rawData?: string }[];
      const record = JSON.parse(Buffer.from(rawData, 'base64').toString()) as { readonly Message: string };
      expectEqual('message kept', record.Message, body);
      await until(async () => unequal('alarm', this.#system.alarmState(unreadableAlarm), 'ALARM'));
      return error?.key;
    });
  }

  async #replays(): Promise<void> {
    await this.#steps.step('a replay brings events of a type into a queue, with what they had', async () => {
      const queueUrl = await this.#makeQueue();
      const args = [...this.#window, '--type', 'order_placed', '--queue', queueUrl];
      await new ReplayCommand(this.#system.endpoint, args).ends(0);
      const messages = await this.#messagesIn(queueUrl);
      const placed = this.#events.filter(({ event_type }) => event_type === 'order_placed');
      expectEqual('messages', messages.length, placed.length);
      for (const { MessageAttributes: attributes } of messages) {
        expectEqual('type', attributes?.[eventTypeAttribute]?.StringValue, 'order_placed');
        expectEqual('replayed', attributes?.[replayIdAttribute]?.StringValue !== undefined, true);
      }
      return `${messages.length} events`;
    });
  }

  async #goesOn(): Promise<void> {
    const { step } = this.#steps;
    const queueUrl = await this.#makeQueue();
    const state = keepFile(`replay-${randomUUID()}.json`, Buffer.alloc(0));
    const before = { sent: 0 };
    await step('a replay that is stopped remembers how far it came', async () => {
      const args = [...this.#window, '--queue', queueUrl, '--rate', '10', '--state', state];
      const replay = new ReplayCommand(this.#system.endpoint, args);
      await until(async () => ((await this.#depthOf(queueUrl)) > 0 ? undefined : 'nothing is sent'));
      replay.interrupt();
      await replay.ends(1);
      before.sent = await this.#depthOf(queueUrl);
      if (before.sent >= this.#events.length) throw new Error('It had sent everything before it was stopped');
      return `${before.sent} of ${this.#events.length} sent`;
    });
    await step('and goes on there: nothing is missing, nothing comes twice', async () => {
      await new ReplayCommand(this.#system.endpoint, ['--resume', state]).ends(0);
      const bodies = (await this.#messagesIn(queueUrl)).map(({ Body }) => Body ?? '');
      expectEqual('messages', bodies.length, this.#events.length);
      expectEqual('events that came twice', repeated(bodies).length, 0);
      rmSync(state, { force: true });
      return undefined;
    });
  }

  /** Type and order of every event in the archive, by the folder that it is in. */
  async #archived(): Promise<string[]> {
    return (await this.#shelf.events()).flatMap(({ key, lines }) =>
      lines.map(line => {
        const { Message } = line as { readonly Message: string };
        return `${typeInKey(key)} ${(JSON.parse(Message) as { order_id: string }).order_id}`;
      }),
    );
  }

  async #makeQueue(): Promise<string> {
    const { QueueUrl: url = '' } = await this.#system.sqs.send(
      new CreateQueueCommand({ QueueName: `event-archive-replayed-${randomUUID().slice(0, 8)}` }),
    );
    return url;
  }

  #depthOf(queueUrl: string): Promise<number> {
    return messagesIn(this.#system.sqs, queueUrl);
  }

  async #messagesIn(queueUrl: string): Promise<readonly Message[]> {
    const found: Message[] = [];
    for (;;) {
      const { Messages: messages = [] } = await this.#system.sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: 10,
          MessageAttributeNames: ['All'],
        }),
      );
      if (messages.length === 0) return found;
      found.push(...messages);
    }
  }
}

function keysOf(objects: readonly { readonly key: string }[]): readonly string[] {
  return objects.map(({ key }) => key);
}
