import type { TrafficProfile } from '../profile.ts';

/** A film of 50 MB becomes a storyboard in a minute of a task. */
export const containerWorkers: TrafficProfile = {
  unit: 'film',
  means: 'films of 50 MB that each become a storyboard in a minute of a task',
  sendings: [{ queue: 'Storyboards/Queue', perUnit: 1, bytes: 1_000 }],
  // Tasks poll as long as they run, and none does without work.
  pollers: { 'Storyboards/Queue': 0 },
  buckets: {
    'Uploads/Bucket': { puts: 1, gets: 1, storedBytes: 50_000_000 },
    'Results/Bucket': { puts: 1, gets: 1, storedBytes: 300_000 },
  },
  fleets: { 'Workers/Service/Service': 60 },
};
