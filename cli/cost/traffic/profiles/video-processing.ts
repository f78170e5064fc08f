import type { TrafficProfile } from '../profile.ts';

/** A film of 50 MB becomes a storyboard in a minute. */
export const videoProcessing: TrafficProfile = {
  unit: 'film',
  means: 'films of 50 MB that each become a storyboard in a minute of an instance',
  sendings: [
    { queue: 'Notices/Queue', perUnit: 1, bytes: 1_000 },
    { queue: 'Storyboards/Queue', perUnit: 1, bytes: 600 },
  ],
  // The one instance of the front end polls; those of the back end do as long as they run.
  pollers: { 'Notices/Queue': 1, 'Storyboards/Queue': 0 },
  buckets: {
    'Uploads/Bucket': { puts: 1, gets: 1, storedBytes: 50_000_000 },
    'Results/Bucket': { puts: 1, gets: 1, storedBytes: 300_000 },
  },
  fleets: { 'BackEnd/Group/ASG': 60 },
};
