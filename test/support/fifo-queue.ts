import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { sqsRecord } from './sqs-records.ts';

interface Waiting {
  readonly id: string;
  readonly body: string;
  receives: number;
}

/**
 * A FIFO queue and its mapping, as far as order goes: a group is handed to one invocation at a time, its messages
 * in order; what failed comes back in its place, and after so many receives goes to the DLQ.
 */
export class FifoQueue {
  readonly deadLetters: { readonly group: string; readonly body: string }[] = [];
  readonly #groups = new Map<string, Waiting[]>();
  readonly #maxReceives: number;
  #ids = 0;

  constructor(maxReceives: number) {
    this.#maxReceives = maxReceives;
  }

  send(group: string, body: string): void {
    const waiting = this.#groups.get(group) ?? [];
    waiting.push({ id: `message-${++this.#ids}`, body, receives: 0 });
    this.#groups.set(group, waiting);
  }

  get isEmpty(): boolean {
    return [...this.#groups.values()].every(waiting => waiting.length === 0);
  }

  /**
   * Hands one batch over.
   *
   * @param groups the groups to take from, in this order.
   * @param handler what a crash of it throws brings the whole batch back.
   */
  async deliver(
    groups: readonly string[],
    handler: (event: SQSEvent) => Promise<SQSBatchResponse>,
  ): Promise<void> {
    const batch = groups.flatMap(group => this.#ready(group)).slice(0, 10);
    const answer = await handler({ Records: batch.map(({ record }) => record) }).catch(() => undefined);
    const failed = new Set(answer?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const { group, record } of batch) {
      if (answer !== undefined && !failed.has(record.messageId)) this.#delete(group, record.messageId);
    }
  }

  /** The messages of a group as records; those that were received too often go to the DLQ instead. */
  #ready(group: string): { readonly group: string; readonly record: SQSRecord }[] {
    const waiting = this.#groups.get(group) ?? [];
    while (waiting[0] && waiting[0].receives >= this.#maxReceives) {
      this.deadLetters.push({ group, body: (waiting.shift() as Waiting).body });
    }
    return waiting.slice(0, 10).map(message => {
      message.receives += 1;
      const { attributes } = sqsRecord('');
      return {
        group,
        record: sqsRecord(message.body, {
          messageId: message.id,
          attributes: {
            ...attributes,
            MessageGroupId: group,
            ApproximateReceiveCount: String(message.receives),
          },
        }),
      };
    });
  }

  #delete(group: string, id: string): void {
    this.#groups.set(
      group,
      (this.#groups.get(group) ?? []).filter(message => message.id !== id),
    );
  }
}
