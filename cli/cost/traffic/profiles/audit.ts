import type { TrafficProfile } from '../profile.ts';

/** A call with a message, of whatever system: a file holds some hundred of them. */
export const audit: TrafficProfile = {
  unit: 'call',
  means: 'calls with messages, recorded: sends, receives that find nothing too, deletions, publications',
  buckets: { 'Calls/Bucket': { puts: 0.01, gets: 0, storedBytes: 200 } },
  recordedCalls: { 'Accesses/Trail': 1 },
};
