import { randomUUID } from 'node:crypto';
import { PublishBatchCommand, PublishCommand } from '@aws-sdk/client-sns';
import type { EncodedEvent } from '../../../contracts/events.ts';
import { type OrderEvent, orderEvents } from '../../../contracts/orders.ts';
import type { RunningSystem } from '../scenario.ts';
import type { PostedOrder } from './order-book.ts';

/** SNS takes up to ten events in one call. */
const batchSize = 10;

/** Brings orders and what becomes of them to the system, as its clients do. */
export class OrderDesk {
  readonly #system: RunningSystem;

  constructor(system: RunningSystem) {
    this.#system = system;
  }

  /** Posts an order over HTTP. */
  post(order: unknown): Promise<Response> {
    return fetch(this.#system.output('OrdersUrl'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(order),
    });
  }

  /**
   * Publishes orders as placed, past the HTTP intake and its throttle: for volume.
   *
   * @param concurrency batches under way at once.
   */
  async publishPlaced(orders: readonly PostedOrder[], concurrency = 8): Promise<void> {
    const batches = Array.from({ length: Math.ceil(orders.length / batchSize) }, (_, index) =>
      orders.slice(index * batchSize, (index + 1) * batchSize),
    );
    const publishRest = async (): Promise<void> => {
      for (let batch = batches.pop(); batch; batch = batches.pop()) {
        const { Failed: failed = [] } = await this.#system.sns.send(
          new PublishBatchCommand({
            TopicArn: this.#topicArn,
            PublishBatchRequestEntries: batch.map((order, index) => ({
              Id: String(index),
              ...entryOf(orderEvents.encode(placedEventOf(order))),
            })),
          }),
        );
        if (failed.length > 0)
          throw new Error(`${failed.length} orders were not published: ${failed[0]?.Message}`);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, publishRest));
  }

  async ship(orderId: string): Promise<void> {
    await this.#publish(
      orderEvents.encode({
        event_type: 'order_shipped',
        correlation_id: randomUUID(),
        order_id: orderId,
        carrier: 'Parcel Post',
        shipped_at: new Date().toISOString(),
      }),
    );
  }

  async cancel(orderId: string): Promise<void> {
    await this.#publish(
      orderEvents.encode({
        event_type: 'order_canceled',
        correlation_id: randomUUID(),
        order_id: orderId,
        canceled_at: new Date().toISOString(),
      }),
    );
  }

  /** Publishes an event that no filter policy names. */
  async publishUnasked(): Promise<void> {
    const event_type = 'user_logged_in';
    await this.#publish({
      body: JSON.stringify({ event_type, user: 'Alice' }),
      attributes: { eventType: event_type },
    });
  }

  async #publish(event: EncodedEvent): Promise<void> {
    await this.#system.sns.send(new PublishCommand({ TopicArn: this.#topicArn, ...entryOf(event) }));
  }

  get #topicArn(): string {
    return this.#system.output('OrderPlacedTopicArn');
  }
}

function placedEventOf({ order_id, tenant, customer, total, items }: PostedOrder): OrderEvent {
  return {
    event_type: 'order_placed',
    correlation_id: randomUUID(),
    order_id,
    ...(tenant !== undefined && { tenant }),
    customer,
    total_minor: Math.round(total * 100),
    currency: 'USD',
    items: items.map(item => ({ ...item })),
    placed_at: new Date().toISOString(),
  };
}

function entryOf({ body, attributes, groupId }: EncodedEvent) {
  return {
    Message: body,
    ...(groupId !== undefined && { MessageGroupId: groupId }),
    MessageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
    ),
  };
}
