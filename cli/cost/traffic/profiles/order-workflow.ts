import type { TrafficProfile } from '../profile.ts';

/** An order of one article, without card token or shop, whose workflow ends as paid. */
export const orderWorkflow: TrafficProfile = {
  unit: 'order',
  means: 'orders of one article each, reserved and paid',
  requests: { 'Intake/Api': 1 },
  // The order with its task token.
  sendings: [{ queue: 'PaymentTasks/Queue', perUnit: 1, bytes: 1_400 }],
  functions: {
    'StartOrder/Function': { milliseconds: 60, callsPerUnit: 1 },
    'KeepStock/Function': { milliseconds: 25, callsPerUnit: 1 },
    'TakePayment/Function': { milliseconds: 200 },
  },
  tables: {
    // The intent of a charge, then its result.
    'Payments/Table': { writes: 2, reads: 0, storedBytes: 300 },
    // Order and article in one transaction, where each write counts twice.
    'Stock/Table': { writes: 4, reads: 0, storedBytes: 250 },
  },
  // Reserve, choose, pay, end.
  transitions: { 'Orders/Machine': 4 },
};
