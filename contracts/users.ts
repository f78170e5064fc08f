import * as v from 'valibot';
import { EventFamily, type EventOf, event } from './events.ts';
import { shortText, timestamp } from './text.ts';

/** The longest address that mail is delivered to (RFC 5321, path without brackets). */
const longestEmail = 254;

/** An e-mail address in lower case: however it is written, it leads to one mailbox, and so to one user. */
const email = v.pipe(
  v.string(),
  v.trim(),
  v.maxLength(longestEmail),
  v.email('Invalid e-mail address: expected one such as jane@example.com'),
  v.toLowerCase(),
);

/** The events of a user's life, on the topic UserEvents. */
export const userEvents = new EventFamily({
  user_signed_up: event('user_signed_up', {
    user_id: v.pipe(v.string(), v.uuid()),
    email,
    name: shortText,
    /** By its name: consumers need not know every plan there will be. */
    plan: v.optional(shortText),
    signed_up_at: timestamp,
  }),
});

export type UserEvents = typeof userEvents.schemas;
export type UserSignedUp = EventOf<UserEvents, 'user_signed_up'>;

/** What each consumer subscribes to: the filter policy in the stack and the parser in the handler. */
export const welcomeEvents = userEvents.select('user_signed_up');
export const loggedEvents = userEvents.select('user_signed_up');
export const crmEvents = userEvents.select('user_signed_up');
/** What is published anew when somebody could not be told. */
export const redeliveredEvents = userEvents.select('user_signed_up');

/** What somebody signs up with. */
export const signUpRequest = v.object({
  email,
  name: shortText,
  plan: v.optional(v.picklist(['free', 'team', 'business']), 'free'),
});

export type SignUpRequest = v.InferOutput<typeof signUpRequest>;
