import { gzipSync } from 'node:zlib';
import { typeFolder } from '../../contracts/event-archive.ts';
import type { CloudUnderTest } from './cloud-under-test.ts';

/** A line of an archive, about an order. */
export function archivedLine(
  orderId: string,
  publishedAt: string,
  { type = 'order_placed', attributes = {} }: { type?: string; attributes?: object } = {},
): string {
  return JSON.stringify({
    Type: 'Notification',
    MessageId: `published-${orderId}`,
    TopicArn: 'arn:aws:sns:us-east-1:000000000000:orders',
    Message: JSON.stringify({ event_type: type, order_id: orderId }),
    Timestamp: publishedAt,
    MessageAttributes: { eventType: { Type: 'String', Value: type }, ...attributes },
  });
}

/** An archive on the local endpoint, for tests to fill. */
export class ArchiveUnderTest {
  readonly bucket: string;
  readonly #cloud: CloudUnderTest;
  #objects = 0;

  private constructor(cloud: CloudUnderTest, bucket: string) {
    this.#cloud = cloud;
    this.bucket = bucket;
  }

  static async create(cloud: CloudUnderTest, stack: string): Promise<ArchiveUnderTest> {
    const bucket = `${stack}-archive-events-000000000000-us-east-1-an`;
    return new ArchiveUnderTest(cloud, await cloud.createBucket(bucket));
  }

  /** Writes lines as Data Firehose does; returns the key of the object. */
  async write(date: string, lines: readonly string[], type = 'order_placed'): Promise<string> {
    this.#objects += 1;
    const key = `${typeFolder(date, type)}stream-1-${date}-${String(this.#objects).padStart(3, '0')}.gz`;
    await this.#cloud.put(this.bucket, key, gzipSync(lines.map(line => `${line}\n`).join('')));
    return key;
  }

  /** So many orders of a day, from one on, in one object. */
  async writeOrders(date: string, count: number, from = 1): Promise<string> {
    const ids = Array.from({ length: count }, (_, index) => String(from + index));
    return this.write(
      date,
      ids.map(id => archivedLine(id, `${date}T10:00:00.000Z`)),
    );
  }
}
