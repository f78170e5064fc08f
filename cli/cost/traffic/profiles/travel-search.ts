import type { TrafficProfile } from '../profile.ts';

/** A search that servers and workers that run anyway answer; reply queues are made by servers, in no template. */
export const travelSearch: TrafficProfile = {
  unit: 'search',
  means: 'searches, each answered by a worker and kept for whoever asks again',
  requests: { 'Intake/Api': 1 },
  sendings: [{ queue: 'Requests/Queue', perUnit: 1, bytes: 800 }],
  pollers: { 'Requests/Queue': 1 },
  // An answer of 7 KB, and one read for whether it is there already.
  tables: { 'Answers/Table': { writes: 7, reads: 1, storedBytes: 7_000 } },
};
