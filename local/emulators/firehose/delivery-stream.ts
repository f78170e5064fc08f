import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { formatted, type ObjectPrefix } from './object-prefix.ts';
import { ExtractionFailed, type PartitionKeys } from './partition-keys.ts';

/** What a delivery stream is to do. */
export interface DeliveryStreamSpec {
  readonly name: string;
  readonly arn: string;
  readonly prefix: ObjectPrefix;
  readonly errorPrefix: ObjectPrefix;
  /** @default - records are not filed apart */
  readonly partitionKeys?: PartitionKeys;
  /** What each record ends with. */
  readonly delimiter: string;
  readonly compressed: boolean;
  /** How long records wait for others. */
  readonly bufferMs: number;
  /** How many bytes wait for others, before they are compressed. */
  readonly bufferBytes: number;
}

/** Puts an object into the stream's bucket. */
export type WriteObject = (key: string, content: Uint8Array) => Promise<void>;

/** Records that go into one object. */
interface Buffered {
  readonly records: string[];
  bytes: number;
  readonly timer: NodeJS.Timeout;
}

const gzipped = promisify(gzip);

/** What of a delivery failed, as it stands in the prefix of its errors. */
const PROCESSING_FAILED = 'processing-failed';

/**
 * Delivery stream into a bucket: gathers records by their prefix and writes each gathering as an object.
 * What has no partition key is written under the prefix of errors, and why.
 *
 * @see https://docs.aws.amazon.com/firehose/latest/dev/basic-deliver.html
 */
export class DeliveryStream {
  readonly spec: DeliveryStreamSpec;
  readonly #write: WriteObject;
  readonly #buffers = new Map<string, Buffered>();
  readonly #writing = new Set<Promise<void>>();

  constructor(spec: DeliveryStreamSpec, write: WriteObject) {
    this.spec = spec;
    this.#write = write;
  }

  put(record: string): void {
    const arrivedAt = new Date();
    const { prefix, errorPrefix, partitionKeys, delimiter } = this.spec;
    try {
      const keys = partitionKeys?.of(record);
      this.#add(prefix.evaluate({ arrivedAt, ...(keys && { partitionKeys: keys }) }), record + delimiter);
    } catch (fault) {
      if (!(fault instanceof ExtractionFailed)) throw fault;
      this.#add(
        errorPrefix.evaluate({ arrivedAt, errorOutputType: PROCESSING_FAILED }),
        `${failedRecord(record, arrivedAt, fault.message)}\n`,
      );
    }
  }

  /** Writes what waits, and waits for what is being written. */
  async flush(): Promise<void> {
    for (const folder of [...this.#buffers.keys()]) this.#close(folder);
    await Promise.all(this.#writing);
  }

  /** The folder is that of the oldest record: a later one under another day goes into another object. */
  #add(folder: string, ...texts: readonly string[]): void {
    const { bufferMs, bufferBytes } = this.spec;
    const buffered = this.#buffers.get(folder) ?? {
      records: [],
      bytes: 0,
      timer: setTimeout(() => this.#close(folder), bufferMs).unref(),
    };
    this.#buffers.set(folder, buffered);
    for (const text of texts) {
      buffered.records.push(text);
      buffered.bytes += Buffer.byteLength(text);
    }
    if (buffered.bytes >= bufferBytes) this.#close(folder);
  }

  #close(folder: string): void {
    const buffered = this.#buffers.get(folder);
    if (!buffered) return;
    clearTimeout(buffered.timer);
    this.#buffers.delete(folder);
    const writing = this.#writeObject(folder, buffered.records)
      // A bucket that does not take them now may do so later: they go with what comes until then.
      .catch(() => this.#add(folder, ...buffered.records))
      .finally(() => this.#writing.delete(writing));
    this.#writing.add(writing);
  }

  async #writeObject(folder: string, records: readonly string[]): Promise<void> {
    const { name, compressed } = this.spec;
    const text = Buffer.from(records.join(''));
    const written = formatted(new Date(), 'yyyy-MM-dd-HH-mm-ss');
    const key = `${folder}${name}-1-${written}-${randomUUID()}${compressed ? '.gz' : ''}`;
    await this.#write(key, compressed ? await gzipped(text) : text);
  }
}

/** @see https://docs.aws.amazon.com/firehose/latest/dev/troubleshooting-dynamic-partitioning.html */
function failedRecord(record: string, arrivedAt: Date, errorMessage: string): string {
  return JSON.stringify({
    attemptsMade: 1,
    arrivalTimestamp: arrivedAt.getTime(),
    errorCode: 'DynamicPartitioning.MetadataExtractionFailed',
    errorMessage,
    attemptEndingTimestamp: Date.now(),
    rawData: Buffer.from(record).toString('base64'),
  });
}
