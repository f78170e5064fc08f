import * as v from 'valibot';
import {
  inventoryEvents,
  orderEvents,
  paymentEvents,
  placeOrderRequest,
  shippingEvents,
} from '../../contracts/orders.ts';
import { orderCanceled, orderPlaced, orderShipped } from '../support/order-events.ts';

const request = { order_id: '12345', customer: 'John Doe', total: 99.99 };

/** The fields that are wrong, in the order in which they are found. */
function faultyFields(content: unknown): string[] {
  return (v.safeParse(placeOrderRequest, content).issues ?? []).map(issue => v.getDotPath(issue) ?? 'body');
}

describe('placeOrderRequest', () => {
  it('takes an order of id, customer and total alone: in dollars, without items', () => {
    expect(v.parse(placeOrderRequest, request)).toEqual({
      order_id: '12345',
      customer: 'John Doe',
      total_minor: 9_999,
      currency: 'USD',
      items: [],
    });
  });

  it('takes order 1002 of customer Bob', () => {
    expect(v.parse(placeOrderRequest, { order_id: '1002', customer: 'Bob', total: 150.0 })).toMatchObject({
      total_minor: 15_000,
    });
  });

  it('takes the shop that an order came through, and leaves it out where there is none', () => {
    expect(v.parse(placeOrderRequest, { ...request, tenant: 'corner-shop' })).toMatchObject({
      tenant: 'corner-shop',
    });
    expect(v.parse(placeOrderRequest, request)).not.toHaveProperty('tenant');
  });

  it('leaves out what is no part of an order', () => {
    expect(v.parse(placeOrderRequest, { ...request, admin: true })).not.toHaveProperty('admin');
  });

  it.each([
    ['order_id', { order_id: 'a b' }],
    ['order_id', { order_id: '' }],
    ['order_id', { order_id: 'x'.repeat(65) }],
    ['order_id', { order_id: 12345 }],
    ['tenant', { tenant: '' }],
    ['tenant', { tenant: 'corner shop' }],
    ['tenant', { tenant: 'x'.repeat(65) }],
    ['customer', { customer: '   ' }],
    ['customer', { customer: 'x'.repeat(201) }],
    ['customer', { customer: 'John\u0000Doe' }],
    ['customer', { customer: 'John\uffffDoe' }],
    ['total', { total: -1 }],
    ['total', { total: 1.999 }],
    ['total', { total: 1.5, currency: 'JPY' }],
    ['currency', { currency: 'XXX' }],
    ['items', { items: 'TEAPOT' }],
    ['items.0.sku', { items: [{ sku: 'A B', quantity: 1 }] }],
    ['items.0.quantity', { items: [{ sku: 'A', quantity: 1.5 }] }],
    ['items.0.quantity', { items: [{ sku: 'A', quantity: 10_001 }] }],
    [
      'items',
      {
        items: [
          { sku: 'A', quantity: 1 },
          { sku: 'A', quantity: 2 },
        ],
      },
    ],
  ])('names %s when it is wrong: %j', (field, wrong) => {
    expect(faultyFields({ ...request, ...wrong })).toEqual([field]);
  });

  it('names every fault at once', () => {
    expect(faultyFields({ order_id: '', customer: '', total: 'much', items: [{}] })).toEqual([
      'order_id',
      'customer',
      'total',
      'items.0.sku',
      'items.0.quantity',
    ]);
  });

  it('takes 90 items, as many as a transaction can reserve, and no more', () => {
    const items = Array.from({ length: 91 }, (_, index) => ({ sku: `SKU-${index}`, quantity: 1 }));

    expect(faultyFields({ ...request, items: items.slice(1) })).toEqual([]);
    expect(faultyFields({ ...request, items })).toEqual(['items']);
  });

  it('has one fault to tell of a list that is too long, not thousands', () => {
    expect(faultyFields({ ...request, items: Array.from({ length: 10_000 }, () => ({})) })).toEqual([
      'items',
    ]);
  });
});

describe('selections of the consumers', () => {
  const events = [orderPlaced(), orderShipped(), orderCanceled()];
  const taken = (schema: v.GenericSchema) =>
    events.filter(event => v.is(schema, event)).map(event => event.event_type);

  it.each([
    ['payment', paymentEvents, ['order_placed', 'order_canceled']],
    ['inventory', inventoryEvents, ['order_placed', 'order_shipped', 'order_canceled']],
    ['shipping', shippingEvents, ['order_placed', 'order_shipped', 'order_canceled']],
  ])('%s filters and parses the same types', (_name, selection, types) => {
    expect(selection.types).toEqual(types);
    expect(taken(selection.schema)).toEqual(types);
  });

  it('take no event of another kind', () => {
    const login = { event_type: 'user_logged_in', correlation_id: 'c', user_id: '7' };

    for (const { schema } of [paymentEvents, inventoryEvents, shippingEvents]) {
      expect(v.is(schema, login)).toBe(false);
    }
  });

  it('take what the family encodes', () => {
    for (const event of events) {
      expect(v.parse(shippingEvents.schema, JSON.parse(orderEvents.encode(event).body))).toEqual(event);
    }
  });

  it('take events from before there were shops, which belong to no message group', () => {
    for (const event of events) {
      expect(event).not.toHaveProperty('tenant');
      expect(orderEvents.encode(event)).not.toHaveProperty('groupId');
    }
  });

  it('take events of a shop, which are a message group', () => {
    for (const event of events.map(each => ({ ...each, tenant: 'corner-shop' }))) {
      expect(v.is(shippingEvents.schema, event)).toBe(true);
      expect(orderEvents.encode(event).groupId).toBe('corner-shop');
    }
  });
});
