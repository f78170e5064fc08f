import * as v from 'valibot';
import { EventFamily, event } from './events.ts';

/** What is announced inside the network, on the topic Notices. */
export const noticeEvents = new EventFamily({
  notice_posted: event('notice_posted', {
    text: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(1_000)),
  }),
});

export const inboxEvents = noticeEvents.select('notice_posted');
