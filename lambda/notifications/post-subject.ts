import type { ItemSubject } from '../shared/versioned-items.ts';

/** Consumers that keep one item a post keep it as `POST#<id>`. */
export const postSubject: ItemSubject = { noun: 'post', keyPrefix: 'POST', idAttribute: 'post_id' };
