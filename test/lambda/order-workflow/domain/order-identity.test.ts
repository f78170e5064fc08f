import { isSameOrder } from '../../../../lambda/order-workflow/domain/order-identity.ts';
import { encryptedCardToken, orderPlaced } from '../../../support/order-events.ts';

const order = orderPlaced({ tenant: 'corner-shop', card_token: encryptedCardToken });

it('an order is the same whenever it is posted, and however its card is encrypted', () => {
  const again = {
    ...order,
    correlation_id: 'correlation-2',
    placed_at: '2026-02-02T03:04:05.678Z',
    card_token: { ...encryptedCardToken, ciphertext: 'AgR4YW5vdGhlciBjaXBoZXJ0ZXh0' },
  };

  expect(isSameOrder(order, again)).toBe(true);
});

it.each([
  ['customer', { customer: 'Jane Doe' }],
  ['total', { total_minor: 10_000 }],
  ['currency', { currency: 'EUR' }],
  ['tenant', { tenant: 'sale-shop' }],
  ['quantity', { items: [{ sku: 'TEAPOT', quantity: 3 }] }],
  ['item more', { items: [...order.items, { sku: 'CUP', quantity: 1 }] }],
  ['card', { card_token: undefined }],
])('another %s makes it another order', (_, change) => {
  expect(isSameOrder(order, { ...order, ...change } as typeof order)).toBe(false);
});
