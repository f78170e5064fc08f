import type { TrafficProfile } from '../profile.ts';

/** A file of 200 KB that is put into each of the two buckets. */
export const fileUploads: TrafficProfile = {
  unit: 'upload',
  means: 'files of 200 KB, each put into both buckets and described there',
  sendings: [{ queue: 'DirectUploads/Queue', perUnit: 1, bytes: 1_000 }],
  publications: [{ topic: 'Uploads/Topic', perUnit: 1, bytes: 1_000 }],
  functions: {
    'DirectConsumer/Function': { milliseconds: 250 },
    'FannedOutConsumer/Function': { milliseconds: 250 },
  },
  tables: {
    'DirectRecords/Table': { writes: 2, reads: 1, storedBytes: 400 },
    'FannedOutRecords/Table': { writes: 2, reads: 1, storedBytes: 400 },
  },
  // The file and what was found in it.
  buckets: {
    'Direct/Bucket': { puts: 2, gets: 1, storedBytes: 205_000 },
    'FannedOut/Bucket': { puts: 2, gets: 1, storedBytes: 205_000 },
  },
};
