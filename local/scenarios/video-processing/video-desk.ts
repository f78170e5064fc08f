import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { objectIdOf } from '../../../contracts/stored-objects.ts';
import { incomingPrefix } from '../../../contracts/uploads.ts';
import {
  storyboardKey,
  type VideoReport,
  videoFailureKey,
  videoReport,
  videoReportKey,
} from '../../../contracts/videos.ts';
import type { LogEntry, RunningSystem } from '../scenario.ts';
import type { Upload } from './films.ts';

/** A video that was put in. */
export interface PutVideo {
  readonly id: string;
  readonly key: string;
}

/** Puts videos in, and looks at what came of them. */
export class VideoDesk {
  readonly #system: RunningSystem;

  constructor(system: RunningSystem) {
    this.#system = system;
  }

  async put({ name, content }: Upload): Promise<PutVideo> {
    const bucket = this.#system.output('UploadsBucketName');
    const key = `${incomingPrefix}${name}`;
    const { VersionId: version_id } = await this.#system.s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: content }),
    );
    return { id: objectIdOf({ bucket, key, ...(version_id && { version_id }) }), key };
  }

  async report({ id }: PutVideo): Promise<VideoReport | undefined> {
    const text = await this.#result(videoReportKey(id));
    return text === undefined ? undefined : v.parse(videoReport, JSON.parse(Buffer.from(text).toString()));
  }

  storyboard({ id }: PutVideo): Promise<Uint8Array | undefined> {
    return this.#result(storyboardKey(id));
  }

  async failure({ id }: PutVideo): Promise<string | undefined> {
    const text = await this.#result(videoFailureKey(id));
    return text === undefined ? undefined : Buffer.from(text).toString();
  }

  /** What workers wrote of a video that they were done with. */
  lines({ key }: PutVideo, outcome: string): LogEntry['fields'][] {
    return this.#system.log
      .map(({ fields }) => fields)
      .filter(fields => fields.object_key === key && fields.outcome === outcome);
  }

  async #result(key: string): Promise<Uint8Array | undefined> {
    try {
      const { Body } = await this.#system.s3.send(
        new GetObjectCommand({ Bucket: this.#system.output('ResultsBucketName'), Key: key }),
      );
      return await Body?.transformToByteArray();
    } catch (error) {
      if ((error as Error).name === 'NoSuchKey') return undefined;
      throw error;
    }
  }
}
