import type { TrafficProfile } from '../profile.ts';

/** An order of one article, without card token or shop, that is placed, charged, reserved and shipped. */
export const orderProcessing: TrafficProfile = {
  unit: 'order',
  means: 'orders of one article each, placed and later shipped',
  requests: { 'Intake/Api': 1 },
  publications: [
    { topic: 'OrderPlaced/Topic', perUnit: 1, bytes: 600, attributes: { eventType: 'order_placed' } },
    { topic: 'OrderPlaced/Topic', perUnit: 1, bytes: 300, attributes: { eventType: 'order_shipped' } },
  ],
  functions: {
    'PlaceOrder/Function': { milliseconds: 60, callsPerUnit: 1 },
    'PaymentConsumer/Function': { milliseconds: 150 },
    'InventoryConsumer/Function': { milliseconds: 25 },
    'ShippingConsumer/Function': { milliseconds: 20 },
  },
  tables: {
    // In progress, then answered.
    'Requests/Table': { writes: 2, reads: 0, storedBytes: 400 },
    // The intent of a charge, then its result.
    'Payments/Table': { writes: 2, reads: 1, storedBytes: 300 },
    // Order and article in one transaction, where each write counts twice: reserved, then deducted.
    'Stock/Table': { writes: 8, reads: 2, storedBytes: 250 },
    'Shipments/Table': { writes: 2, reads: 2, storedBytes: 250 },
  },
};
