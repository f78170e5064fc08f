import type { TrafficProfile } from '../profile.ts';

/** An order's life of three events, each booked in one transaction of two writes, which count double. */
export const orderLedger: TrafficProfile = {
  unit: 'order',
  means: 'orders of three events each: placed, paid, shipped',
  publications: ['order_placed', 'payment_received', 'order_shipped'].map(eventType => ({
    topic: 'OrderEvents/Topic',
    perUnit: 1,
    bytes: 400,
    attributes: { eventType },
  })),
  functions: { 'LedgerConsumer/Function': { milliseconds: 30 } },
  tables: { 'Entries/Table': { writes: 12, reads: 3, storedBytes: 1_200 } },
};
