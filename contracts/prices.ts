import * as v from 'valibot';
import { EventFamily, type EventOf, event } from './events.ts';
import { minorUnits } from './money.ts';
import { shortText } from './text.ts';

/** What whoever sets prices tells of them. */
export const priceEvents = new EventFamily({
  price_changed: event('price_changed', {
    product_id: shortText,
    price_minor: minorUnits,
    /** How many prices the product has had, this one included: events may come in another order, and twice. */
    revision: v.pipe(v.number(), v.integer(), v.minValue(1)),
  }),
});

export type PriceEvents = typeof priceEvents.schemas;
export type PriceChanged = EventOf<PriceEvents, 'price_changed'>;

/** What each region wants to hear of. */
export const shownPrices = priceEvents.select('price_changed');
