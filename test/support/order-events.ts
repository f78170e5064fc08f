import * as v from 'valibot';
import {
  cardToken,
  type OrderCanceled,
  type OrderPlaced,
  type OrderShipped,
} from '../../contracts/orders.ts';

const common = { order_id: '12345', correlation_id: 'correlation-1' };

export function orderPlaced(overrides: Partial<OrderPlaced> = {}): OrderPlaced {
  return {
    ...common,
    event_type: 'order_placed',
    customer: 'John Doe',
    total_minor: 9_999,
    currency: 'USD',
    items: [{ sku: 'TEAPOT', quantity: 2 }],
    placed_at: '2026-01-02T03:04:05.678Z',
    ...overrides,
  };
}

export function orderShipped(overrides: Partial<OrderShipped> = {}): OrderShipped {
  return {
    ...common,
    event_type: 'order_shipped',
    carrier: 'Parcel Post',
    tracking_number: 'PP-1',
    shipped_at: '2026-01-03T03:04:05.678Z',
    ...overrides,
  };
}

export function orderCanceled(overrides: Partial<OrderCanceled> = {}): OrderCanceled {
  return {
    ...common,
    event_type: 'order_canceled',
    canceled_at: '2026-01-04T03:04:05.678Z',
    ...overrides,
  };
}

/** A card token as events carry it; it opens under no key. */
export const encryptedCardToken = v.parse(cardToken.encrypted, {
  ciphertext: 'AgR4b3BlbnMgdW5kZXIgbm8ga2V5',
});
