import type { TrafficProfile } from '../profile.ts';

/** Somebody signs up: a mail, a line of the event log, and a contact in the CRM. */
export const userSignup: TrafficProfile = {
  unit: 'sign-up',
  means: 'sign-ups that are welcomed, logged, and told to the CRM',
  // The CRM's endpoint is a second API of the same stack.
  requests: { 'Intake/Api': 1, 'CrmEndpoint/Api': 1 },
  publications: [
    { topic: 'UserEvents/Topic', perUnit: 1, bytes: 500, attributes: { eventType: 'user_signed_up' } },
  ],
  functions: {
    'SignUp/Function': { milliseconds: 60, callsPerUnit: 1 },
    'Welcome/Function': { milliseconds: 120 },
    'EventLogConsumer/Function': { milliseconds: 20 },
    'CrmReceiver/Function': { milliseconds: 25, callsPerUnit: 1 },
  },
  tables: {
    'Requests/Table': { writes: 2, reads: 0, storedBytes: 400 },
    'Users/Table': { writes: 1, reads: 1, storedBytes: 300 },
    'Welcomes/Table': { writes: 2, reads: 1, storedBytes: 250 },
    'LoggedEvents/Table': { writes: 1, reads: 0, storedBytes: 500 },
    'Contacts/Table': { writes: 1, reads: 1, storedBytes: 300 },
  },
  mails: { 'WelcomeMail/Settings': 1 },
};
