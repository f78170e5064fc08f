import type { Fauxqs } from '../fauxqs.ts';

/** Puts into queues what services of AWS deliver there on their own: schedules, rules. */
export class ServiceDelivery {
  readonly #fauxqs: Pick<Fauxqs, 'queues' | 'createMessage'>;

  constructor(fauxqs: Pick<Fauxqs, 'queues' | 'createMessage'>) {
    this.#fauxqs = fauxqs;
  }

  /**
   * @param attributes message attributes, all of them texts.
   * @returns whether the queue took it: a standard queue that is there and takes messages of that size. It delays
   * the message as it delays everything.
   */
  put(queueArn: string, body: string, attributes: Readonly<Record<string, string>> = {}): boolean {
    const { queues, createMessage } = this.#fauxqs;
    const queue = queues.getQueueByArn(queueArn);
    if (queue === undefined || queue.isFifo()) return false;
    if (Buffer.byteLength(body) > Number(queue.attributes.MaximumMessageSize)) return false;
    const delay = Number(queue.attributes.DelaySeconds) || undefined;
    const texts = Object.entries(attributes).map(([name, StringValue]) => [
      name,
      { DataType: 'String', StringValue },
    ]);
    queue.enqueue(createMessage(body, Object.fromEntries(texts), delay, undefined, undefined));
    return true;
  }
}
