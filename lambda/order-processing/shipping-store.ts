import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { orderSubject } from '../orders/order-subject.ts';
import { VersionedItems } from '../shared/versioned-items.ts';
import type { ShipmentState } from './domain/shipping.ts';

const order = v.object({
  customer: v.string(),
  items: v.array(v.object({ sku: v.string(), quantity: v.number() })),
  placed_at: v.string(),
});
const dispatch = v.object({
  carrier: v.nullable(v.string()),
  tracking_number: v.nullable(v.string()),
  shipped_at: v.string(),
});

const shipmentState = v.variant('status', [
  v.object({ status: v.literal('open'), order }),
  v.object({
    status: v.literal('closed'),
    order: v.nullable(order),
    dispatch,
    canceled_too_late_at: v.nullable(v.string()),
  }),
  v.object({
    status: v.literal('canceled'),
    order: v.nullable(order),
    canceled_at: v.string(),
    shipped_after_all: v.nullable(dispatch),
  }),
]);

/** The shipments of orders: items `ORDER#<id>` with `status` and what belongs to it. */
export function shippingStore(
  documents: Pick<DynamoDBDocumentClient, 'send'>,
  tableName: string,
): VersionedItems<ShipmentState> {
  return new VersionedItems<ShipmentState>({
    subject: orderSubject,
    documents,
    tableName,
    schema: shipmentState,
  });
}
