import type { Fauxqs } from '../fauxqs.ts';
import type { MessageAttribute } from '../message-store.ts';
import type { Schedule } from './schedule.ts';

/** Sends what schedules say to their queues, and what cannot be sent to their DLQs. */
export class ScheduleSender {
  readonly #fauxqs: Pick<Fauxqs, 'queues' | 'createMessage'>;

  constructor(fauxqs: Pick<Fauxqs, 'queues' | 'createMessage'>) {
    this.#fauxqs = fauxqs;
  }

  /** A queue that is not there will not come: nothing is tried again here. */
  send({ arn, definition }: Schedule): void {
    const { Target: target, at } = definition;
    const body = target.Input ?? '';
    if (this.#put(target.Arn, body)) return;
    const text = (value: string): MessageAttribute => ({ DataType: 'String', StringValue: value });
    if (target.DeadLetterConfig === undefined) return;
    this.#put(target.DeadLetterConfig.Arn, body, {
      ERROR_CODE: text('AWS.SimpleQueueService.NonExistentQueue'),
      ERROR_MESSAGE: text(`The queue ${target.Arn} does not exist, or cannot hold the message.`),
      SCHEDULE_ARN: text(arn),
      SCHEDULED_TIME: text(at.toISOString()),
      TARGET_ARN: text(target.Arn),
    });
  }

  /** @returns whether the queue took it; it delays it as it delays everything. */
  #put(queueArn: string, body: string, attributes: Readonly<Record<string, MessageAttribute>> = {}): boolean {
    const { queues, createMessage } = this.#fauxqs;
    const queue = queues.getQueueByArn(queueArn);
    if (queue === undefined || queue.isFifo()) return false;
    if (Buffer.byteLength(body) > Number(queue.attributes.MaximumMessageSize)) return false;
    const delay = Number(queue.attributes.DelaySeconds) || undefined;
    queue.enqueue(createMessage(body, attributes, delay, undefined, undefined));
    return true;
  }
}
