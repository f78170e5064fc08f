import type { TrafficProfile } from '../profile.ts';

/** A photo of 2 MB becomes a picture. */
export const memeFactory: TrafficProfile = {
  unit: 'meme',
  means: 'photos of 2 MB that each become a picture in five seconds of an instance',
  sendings: [
    { queue: 'Notices/Queue', perUnit: 1, bytes: 1_000 },
    { queue: 'Jobs/Queue', perUnit: 1, bytes: 600 },
  ],
  publications: [{ topic: 'Results/Topic', perUnit: 1, bytes: 500, attributes: { eventType: 'meme_drawn' } }],
  functions: { 'OrderMeme/Function': { milliseconds: 60 } },
  // Instances poll as long as they run, and none does without work.
  pollers: { 'Jobs/Queue': 0 },
  buckets: {
    'Uploads/Bucket': { puts: 1, gets: 2, storedBytes: 2_000_000 },
    'Output/Bucket': { puts: 1, gets: 1, storedBytes: 500_000 },
  },
  fleets: { 'Artists/Group/ASG': 5 },
};
