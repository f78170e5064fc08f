import * as v from 'valibot';
import { EventFamily, type EventOf, event } from './events.ts';
import { currency, decimalAmount, minorUnits, toMinorUnits } from './money.ts';
import { SecretField } from './secret-fields.ts';
import { shortText, timestamp } from './text.ts';

const orderId = v.pipe(
  v.string(),
  v.regex(
    /^[A-Za-z0-9_-]{1,64}$/,
    'Invalid order id: expected 1 to 64 letters, digits, hyphens or underscores',
  ),
);

/**
 * The shop that an order came through. Where one has many orders waiting, the others' do not wait behind them:
 * see `groupBy` below. Left out by events from before there were shops, and by who sells for itself alone.
 */
const tenant = v.pipe(
  v.string(),
  v.regex(
    /^[A-Za-z0-9_-]{1,64}$/,
    'Invalid tenant: expected 1 to 64 letters, digits, hyphens or underscores',
  ),
);

const orderItem = v.object({
  sku: v.pipe(
    v.string(),
    v.regex(/^[A-Za-z0-9_.-]{1,64}$/, 'Invalid sku: expected 1 to 64 letters, digits, . _ or -'),
  ),
  quantity: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000)),
});

export type OrderItem = v.InferOutput<typeof orderItem>;

/**
 * Up to 90 different SKUs: a reservation takes one item a SKU and one for the order, and DynamoDB
 * transactions hold 100.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
 */
const orderItems = v.pipe(
  v.array(v.unknown()),
  // Before the items are looked at: a list of thousands must not be answered with thousands of faults.
  v.maxLength(90),
  v.array(orderItem),
  v.check(
    items => new Set(items.map(item => item.sku)).size === items.length,
    'Invalid items: each sku may stand in one item only; add the quantities up',
  ),
);

/**
 * What the payment gateway knows the customer's card by. Whoever holds it may charge the card, so that it
 * travels encrypted, from the intake to payment.
 */
export const cardToken = new SecretField({
  eventType: 'order_placed',
  name: 'card_token',
  subject: 'order_id',
  form: /^(?![\d-]+$)[A-Za-z0-9_-]{8,255}$/,
  fault:
    'Invalid card token: expected 8 to 255 letters, digits, hyphens or underscores; a card number is no token',
});

/** Fields that every event of an order has. */
const ofOrder = { order_id: orderId, tenant: v.optional(tenant) };

/** The events of an order's life, on the topic OrderPlaced; those of one shop are a message group. */
export const orderEvents = new EventFamily(
  {
    order_placed: event('order_placed', {
      ...ofOrder,
      customer: shortText,
      total_minor: minorUnits,
      currency,
      items: orderItems,
      card_token: v.optional(cardToken.encrypted),
      placed_at: timestamp,
    }),
    order_shipped: event('order_shipped', {
      ...ofOrder,
      carrier: v.optional(shortText),
      tracking_number: v.optional(shortText),
      shipped_at: timestamp,
    }),
    order_canceled: event('order_canceled', {
      ...ofOrder,
      reason: v.optional(shortText),
      canceled_at: timestamp,
    }),
  },
  { groupBy: event => event.tenant },
);

export type OrderEvents = typeof orderEvents.schemas;
export type OrderEvent = EventOf<OrderEvents>;
export type OrderPlaced = EventOf<OrderEvents, 'order_placed'>;
export type OrderShipped = EventOf<OrderEvents, 'order_shipped'>;
export type OrderCanceled = EventOf<OrderEvents, 'order_canceled'>;

/** What each consumer subscribes to: the filter policy in the stack and the parser in the handler. */
export const paymentEvents = orderEvents.select('order_placed', 'order_canceled');
export const inventoryEvents = orderEvents.select('order_placed', 'order_shipped', 'order_canceled');
export const shippingEvents = orderEvents.select('order_placed', 'order_shipped', 'order_canceled');

/**
 * What a client posts to place an order. Money is written as people write it (`99.99`) and leaves
 * in minor units; an order without items reserves no stock; one without a card token is charged to
 * whatever the payment gateway has on file.
 */
export const placeOrderRequest = v.pipe(
  v.object({
    order_id: orderId,
    tenant: v.optional(tenant),
    customer: shortText,
    total: decimalAmount,
    currency: v.optional(currency, 'USD'),
    items: v.optional(orderItems, []),
    card_token: v.optional(cardToken.plain),
  }),
  v.forward(
    v.partialCheck(
      [['total'], ['currency']],
      order => toMinorUnits(order.total, order.currency) !== undefined,
      'Invalid total: it has more decimals than its currency',
    ),
    ['total'],
  ),
  v.transform(({ total, ...order }) => ({
    ...order,
    total_minor: toMinorUnits(total, order.currency) as number,
  })),
);

export type PlaceOrderRequest = v.InferOutput<typeof placeOrderRequest>;
