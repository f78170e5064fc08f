import type { ItemSubject } from '../shared/versioned-items.ts';

/** Each service keeps what it knows of an order as one item `ORDER#<id>`. */
export const orderSubject: ItemSubject = { noun: 'order', keyPrefix: 'ORDER', idAttribute: 'order_id' };
