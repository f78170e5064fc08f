import { randomUUID } from 'node:crypto';
import { PublishCommand } from '@aws-sdk/client-sns';
import type { EncodedEvent } from '../../../contracts/events.ts';
import { type OrderEvent, orderEvents } from '../../../contracts/orders.ts';
import type { RunningSystem } from '../scenario.ts';

/** So many placed orders from 1 on; the first of them shipped, the second canceled. */
export function eventsOf(orders: number): readonly OrderEvent[] {
  const common = (order_id: string) => ({ correlation_id: randomUUID(), order_id });
  const now = new Date().toISOString();
  return [
    ...Array.from({ length: orders }, (_, index) => ({
      event_type: 'order_placed' as const,
      ...common(String(index + 1)),
      tenant: index % 2 === 0 ? 'acme' : 'globex',
      customer: 'Alice',
      total_minor: 9_999,
      currency: 'USD' as const,
      items: [],
      placed_at: now,
    })),
    { event_type: 'order_shipped', ...common('1'), carrier: 'Parcel Post', shipped_at: now },
    { event_type: 'order_canceled', ...common('2'), canceled_at: now },
  ];
}

/** Publishes what it is given to the topic that is archived, as it stands. */
export async function publish(
  system: RunningSystem,
  { body, attributes }: Pick<EncodedEvent, 'body' | 'attributes'>,
): Promise<void> {
  await system.sns.send(
    new PublishCommand({
      TopicArn: system.output('ArchivedTopicArn'),
      Message: body,
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
      ),
    }),
  );
}

export async function publishAll(system: RunningSystem, events: readonly OrderEvent[]): Promise<void> {
  await Promise.all(events.map(event => publish(system, orderEvents.encode(event))));
}
