import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { currency, minorUnits } from '../../contracts/money.ts';
import { VersionedItems } from '../shared/versioned-items.ts';
import type { PaymentState } from './domain/payment.ts';
import { orderSubject } from './order-subject.ts';

const amount = { amount_minor: minorUnits, currency };
const lease = v.object({ owner: v.string(), until: v.number() });

const paymentState = v.variant('status', [
  v.object({ status: v.literal('charging'), ...amount, lease }),
  v.object({ status: v.literal('charged'), ...amount, charge_id: v.string() }),
  v.object({ status: v.literal('declined'), ...amount, reason: v.string() }),
  v.object({ status: v.literal('refunding'), ...amount, lease }),
  v.object({
    status: v.literal('refunded'),
    ...amount,
    refund_id: v.string(),
    refunded_minor: minorUnits,
  }),
  v.object({ status: v.literal('refund_declined'), ...amount, reason: v.string() }),
  v.object({ status: v.literal('nothing_due') }),
  v.object({ status: v.literal('canceled') }),
]);

/** The payments of orders: items `ORDER#<id>` with `status` and what belongs to it. */
export function paymentStore(
  documents: Pick<DynamoDBDocumentClient, 'send'>,
  tableName: string,
): VersionedItems<PaymentState> {
  return new VersionedItems<PaymentState>({
    subject: orderSubject,
    documents,
    tableName,
    schema: paymentState,
  });
}
