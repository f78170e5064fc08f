import type { TrafficProfile } from '../profile.ts';

/** An order's two events, kept. */
export const eventArchive: TrafficProfile = {
  unit: 'order',
  means: 'orders of two events each, kept in the archive',
  publications: ['order_placed', 'order_shipped'].map(eventType => ({
    topic: 'OrderEvents/Topic',
    perUnit: 1,
    // As SNS hands it on, in its envelope.
    bytes: 1_300,
    attributes: { eventType },
  })),
  buckets: { 'Archive/Events/Bucket': { puts: 0, gets: 0, storedBytes: 600 } },
};
