import type { StoredObject } from '../../../contracts/stored-objects.ts';
import {
  type NewObject,
  ObjectGoneError,
  type ObjectReader,
  ObjectTooLargeError,
  type ResultStore,
} from '../../../worker/objects/object-store.ts';

/** Uploads by key. */
export class UploadsInMemory implements ObjectReader {
  readonly contents = new Map<string, Uint8Array>();
  /** Bytes of each read, in their order. */
  readonly reads: number[] = [];

  async sizeOf({ key }: StoredObject): Promise<number> {
    return this.#content(key).length;
  }

  async read({ key }: StoredObject, atMost: number): Promise<Uint8Array> {
    const content = this.#content(key);
    if (content.length > atMost) throw new ObjectTooLargeError(`${key} has ${content.length} bytes`);
    return this.#noted(content);
  }

  async readRange({ key }: StoredObject, start: number, length: number): Promise<Uint8Array> {
    return this.#noted(this.#content(key).subarray(start, start + length));
  }

  #content(key: string): Uint8Array {
    const content = this.contents.get(key);
    if (content === undefined) throw new ObjectGoneError(`${key} is not there any more.`);
    return content;
  }

  #noted(bytes: Uint8Array): Uint8Array {
    this.reads.push(bytes.length);
    return bytes;
  }
}

/** Results by key. */
export class ResultsInMemory implements ResultStore {
  readonly bucket = 'results';
  readonly objects = new Map<string, NewObject>();

  async create(object: NewObject): Promise<boolean> {
    if (this.objects.has(object.key)) return false;
    this.objects.set(object.key, object);
    return true;
  }

  async has(key: string): Promise<boolean> {
    return this.objects.has(key);
  }

  json(key: string): unknown {
    return JSON.parse(String(this.objects.get(key)?.body));
  }
}
