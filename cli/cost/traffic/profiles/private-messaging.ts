import type { TrafficProfile } from '../profile.ts';

/** A notice that a person posts and reads at the terminal. */
export const privateMessaging: TrafficProfile = {
  unit: 'notice',
  means: 'notices posted and read at the terminal',
  publications: [
    { topic: 'Notices/Topic', perUnit: 1, bytes: 500, attributes: { eventType: 'notice_posted' } },
  ],
  // Asked by a person, now and then.
  pollers: { 'Inbox/Queue': 0 },
};
