import type { StoredObject } from '../../contracts/stored-objects.ts';
import { PermanentFailure } from '../failures.ts';

/** The object is not there: deleted since, or never was. */
export class ObjectGoneError extends PermanentFailure {
  override readonly name = 'ObjectGoneError';
}

/** The object is larger than is read. */
export class ObjectTooLargeError extends PermanentFailure {
  override readonly name = 'ObjectTooLargeError';
}

export interface NewObject {
  readonly key: string;
  readonly body: Uint8Array | string;
  readonly contentType: string;
}

/** Objects that a job reads. */
export interface ObjectReader {
  /**
   * Size of an object in bytes.
   *
   * @throws ObjectGoneError
   */
  sizeOf(object: StoredObject): Promise<number>;

  /**
   * The whole of an object.
   *
   * @throws ObjectGoneError, ObjectTooLargeError before more than `atMost` bytes are in memory.
   */
  read(object: StoredObject, atMost: number): Promise<Uint8Array>;

  /**
   * Bytes of an object from `start` on; fewer where it ends.
   *
   * @throws ObjectGoneError
   */
  readRange(object: StoredObject, start: number, length: number): Promise<Uint8Array>;
}

/** The bucket that a job writes its results to. */
export interface ResultStore {
  readonly bucket: string;

  /**
   * Writes an object unless there is one under its key already.
   *
   * @returns whether it was written: false where somebody was faster.
   */
  create(object: NewObject): Promise<boolean>;
  has(key: string): Promise<boolean>;
}
