import type { TrafficProfile } from '../profile.ts';

/** A post that ten readers get by mail, that is kept, and shared in a social network. */
export const notifications: TrafficProfile = {
  unit: 'post',
  means: 'posts of 5 KB, each mailed to ten readers, kept, and shared',
  requests: { 'Intake/Api': 1 },
  publications: [
    { topic: 'NewPost/Topic', perUnit: 1, bytes: 6_000, attributes: { eventType: 'post_published' } },
    // SES tells of the mails that come back, one in a hundred.
    { topic: 'MailFeedback/Topic', perUnit: 0.1, bytes: 2_000 },
  ],
  sendings: [{ queue: 'Mails/Queue', perUnit: 10, bytes: 800 }],
  functions: {
    'PublishPost/Function': { milliseconds: 60, callsPerUnit: 1 },
    'KeepPost/Function': { milliseconds: 40 },
    'SharePost/Function': { milliseconds: 300 },
    'AddressMails/Function': { milliseconds: 100 },
    'SendMail/Function': { milliseconds: 120 },
    'NoteUndeliverable/Function': { milliseconds: 25 },
  },
  tables: {
    'Requests/Table': { writes: 2, reads: 0, storedBytes: 400 },
    // The post of 6 KB in a transaction, which counts double.
    'Posts/Table': { writes: 12, reads: 0, storedBytes: 6_000 },
    'Shares/Table': { writes: 2, reads: 1, storedBytes: 300 },
    'Readers/Table': { writes: 0, reads: 1 },
    'Mailings/Table': { writes: 2, reads: 1, storedBytes: 300 },
    'SentMails/Table': { writes: 20, reads: 10, storedBytes: 2_500 },
    'Undeliverable/Table': { writes: 0.1, reads: 10, storedBytes: 25 },
  },
  mails: { 'PostMail/Settings': 10 },
};
