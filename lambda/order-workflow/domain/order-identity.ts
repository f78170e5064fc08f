import type { OrderPlaced } from '../../../contracts/orders.ts';

/**
 * Whether two orders under one id are the same order. When each was posted, under which correlation id and with
 * which ciphertext of the card's token differs each time an order is posted, and does not make it another one.
 */
export function isSameOrder(one: OrderPlaced, other: OrderPlaced): boolean {
  return identityOf(one) === identityOf(other);
}

function identityOf({
  order_id,
  tenant,
  customer,
  total_minor,
  currency,
  items,
  card_token,
}: OrderPlaced): string {
  return JSON.stringify([
    order_id,
    tenant ?? null,
    customer,
    total_minor,
    currency,
    items.map(({ sku, quantity }) => [sku, quantity]),
    card_token !== undefined,
  ]);
}
