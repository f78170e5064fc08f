import { PublishBatchCommand } from '@aws-sdk/client-sns';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { type LedgerEvent, ledgerEvents } from '../../../contracts/ledger.ts';
import type { RunningSystem } from '../scenario.ts';

/** SNS takes up to ten events in one call. */
const batchSize = 10;

/** Publishes what happens to orders as whoever owns them does, and reads what was booked. */
export class LedgerDesk {
  readonly #system: RunningSystem;

  constructor(system: RunningSystem) {
    this.#system = system;
  }

  /**
   * Publishes events, one after the other.
   *
   * @param deduplicationId of one that is published again later than SNS remembers; made of the body without.
   */
  async publish(events: readonly LedgerEvent[], deduplicationId?: string): Promise<void> {
    for (let first = 0; first < events.length; first += batchSize) {
      const { Failed: failed = [] } = await this.#system.sns.send(
        new PublishBatchCommand({
          TopicArn: this.#system.output('OrderEventsTopicArn'),
          PublishBatchRequestEntries: events.slice(first, first + batchSize).map((event, index) => {
            const { body, attributes, groupId } = ledgerEvents.encode(event);
            return {
              Id: String(index),
              Message: body,
              MessageGroupId: groupId,
              MessageDeduplicationId: deduplicationId,
              MessageAttributes: Object.fromEntries(
                Object.entries(attributes).map(([name, value]) => [
                  name,
                  { DataType: 'String', StringValue: value },
                ]),
              ),
            };
          }),
        }),
      );
      if (failed.length > 0)
        throw new Error(`${failed.length} events were not published: ${failed[0]?.Message}`);
    }
  }

  /** What the ledger says of an order. */
  async standing(orderId: string): Promise<{ readonly sequence?: number; readonly balance_minor?: number }> {
    const { Item: item = {} } = await this.#system.dynamodb.send(
      new GetCommand({
        TableName: this.#system.output('EntriesTableName'),
        Key: { pk: `ORDER#${orderId}` },
        ConsistentRead: true,
      }),
    );
    return item;
  }

  /** Places in an order's life that were booked, in the order in which they were. */
  booked(orderId: string): number[] {
    return this.#system.log
      .filter(({ fields }) => fields.order_id === orderId && fields.outcome === 'booked')
      .map(({ fields }) => Number(fields.sequence));
  }
}
