/** An object of an archive. */
export interface ArchivedObject {
  readonly key: string;
  /** As it is stored. */
  readonly bytes: number;
  /** Milliseconds since 1970: after the last of its events was published. */
  readonly writtenAt: number;
  /** Storage class that it must be restored from before it can be read. */
  readonly frozenIn?: string;
}

/** Buckets of events. Every method may throw CommandFailure; ThrottledError where waiting helps. */
export interface Archives {
  /** Names of the buckets whose names begin so. */
  buckets(prefix: string): Promise<readonly string[]>;
  /** Folders directly under one, `events/date=2026-11-01/`, in order. */
  folders(bucket: string, folder: string): Promise<readonly string[]>;
  /** Objects under a folder, in the order of their keys. */
  objects(bucket: string, folder: string): AsyncIterable<ArchivedObject>;
  /** Lines of an object from one on, counted from 0, decompressed as they come. */
  lines(bucket: string, key: string, from: number): AsyncIterable<string>;
}
