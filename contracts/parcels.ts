import * as v from 'valibot';
import { EventFamily, type EventOf, event } from './events.ts';
import { shortText, timestamp } from './text.ts';

/** Where a parcel can be on its way, from the first to the last. */
export const parcelStatuses = ['collected', 'in_transit', 'delivered'] as const;

/** What a carrier tells of parcels, on the topic of its account. */
export const parcelEvents = new EventFamily({
  parcel_scanned: event('parcel_scanned', {
    parcel_id: shortText,
    status: v.picklist(parcelStatuses),
    place: shortText,
    /** When it was scanned: events may come in another order. */
    scanned_at: timestamp,
  }),
});

export type ParcelScanned = EventOf<typeof parcelEvents.schemas, 'parcel_scanned'>;

/** What a shop wants to hear of. */
export const trackedEvents = parcelEvents.select('parcel_scanned');
