import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { errorsFolder, eventsFolder } from '../../../contracts/event-archive.ts';
import type { RunningSystem } from '../scenario.ts';

/** An object of the archive, and its lines. */
export interface ShelvedObject {
  readonly key: string;
  readonly lines: readonly unknown[];
}

/** What is in the archive's bucket. */
export class ArchiveShelf {
  readonly #system: RunningSystem;

  constructor(system: RunningSystem) {
    this.#system = system;
  }

  events(): Promise<readonly ShelvedObject[]> {
    return this.#under(eventsFolder);
  }

  errors(): Promise<readonly ShelvedObject[]> {
    return this.#under(errorsFolder);
  }

  async #under(folder: string): Promise<readonly ShelvedObject[]> {
    const { s3 } = this.#system;
    const Bucket = this.#system.output('ArchiveBucketName');
    const objects: ShelvedObject[] = [];
    for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix: folder })) {
      for (const { Key = '' } of Contents) {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
        const content = (await Body?.transformToByteArray()) ?? new Uint8Array();
        const lines = gunzipSync(content).toString().split('\n').filter(Boolean);
        objects.push({ key: Key, lines: lines.map(line => JSON.parse(line) as unknown) });
      }
    }
    return objects;
  }
}
