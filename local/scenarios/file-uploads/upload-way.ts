import { createHash } from 'node:crypto';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { PublishCommand } from '@aws-sdk/client-sns';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { resultsPrefix, statedDigest, type UploadResult, uploadResult } from '../../../contracts/uploads.ts';
import type { RunningSystem } from '../scenario.ts';
import type { UploadedFile } from './upload-files.ts';

/** What the system keeps of a key, as far as the check looks at it. */
export interface UploadRecord {
  readonly status: string;
  readonly version_id: string;
  readonly sequencer: string;
  readonly sha256?: string;
  readonly result_key?: string;
}

/** One line of what the consumer of this way did. */
export interface UploadLine {
  readonly message_id: string;
  readonly outcome: string;
  readonly object_key: string | undefined;
  readonly version_id: string | undefined;
}

/** One of the ways that a file takes through the system: by a queue alone, or by a topic. */
export class UploadWay {
  readonly name: 'Direct' | 'FannedOut';
  readonly #system: RunningSystem;

  constructor(system: RunningSystem, name: 'Direct' | 'FannedOut') {
    this.#system = system;
    this.name = name;
  }

  get bucket(): string {
    return this.#system.output(`${this.name}BucketName`);
  }

  get queueUrl(): string {
    return this.#system.output(`${this.name}QueueUrl`);
  }

  get deadLetterQueueUrl(): string {
    return this.#system.output(`${this.name}DlqUrl`);
  }

  /** @returns the version that it became. */
  async put(file: UploadedFile, options: { readonly statedSha256?: string } = {}): Promise<string> {
    const { VersionId } = await this.#system.s3.send(
      new PutObjectCommand({
        Bucket: this.bucket,
        Key: file.key,
        Body: file.content,
        ContentType: file.contentType,
        ...(options.statedSha256 && { Metadata: { [statedDigest]: options.statedSha256 } }),
      }),
    );
    return VersionId ?? '';
  }

  /** Uploads a file in parts of 5 MiB, as large files are. */
  async putInParts(file: UploadedFile): Promise<void> {
    const target = { Bucket: this.bucket, Key: file.key };
    const { s3 } = this.#system;
    const { UploadId } = await s3.send(
      new CreateMultipartUploadCommand({ ...target, ContentType: file.contentType }),
    );
    const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
    const partBytes = 5 * 1_024 * 1_024;
    for (let start = 0; start < file.content.length; start += partBytes) {
      const PartNumber = Parts.length + 1;
      const Body = file.content.subarray(start, start + partBytes);
      const { ETag } = await s3.send(new UploadPartCommand({ ...target, UploadId, PartNumber, Body }));
      Parts.push({ PartNumber, ETag });
    }
    await s3.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }));
  }

  /** @returns the delete marker, or the version, that was deleted. */
  async delete(key: string, versionId?: string): Promise<string> {
    const { VersionId } = await this.#system.s3.send(
      new DeleteObjectCommand({ Bucket: this.bucket, Key: key, ...(versionId && { VersionId: versionId }) }),
    );
    return VersionId ?? '';
  }

  /** Has the system hear of a change once more, or of one that S3 has not told: late, twice, out of order. */
  async tell(change: {
    readonly key: string;
    readonly versionId: string;
    readonly sequencer: string;
  }): Promise<void> {
    const notification = JSON.stringify(notificationOf(this.bucket, change));
    if (this.name === 'Direct') {
      await this.#system.sqs.send(
        new SendMessageCommand({ QueueUrl: this.queueUrl, MessageBody: notification }),
      );
    } else {
      const TopicArn = this.#system.output('UploadsTopicArn');
      await this.#system.sns.send(new PublishCommand({ TopicArn, Message: notification }));
    }
  }

  async record(key: string): Promise<UploadRecord | undefined> {
    const { Item } = await this.#system.dynamodb.send(
      new GetCommand({
        TableName: this.#system.output(`${this.name}TableName`),
        Key: { pk: `UPLOAD#${key}` },
        ConsistentRead: true,
      }),
    );
    return Item as UploadRecord | undefined;
  }

  async result(resultKey: string): Promise<UploadResult> {
    const { Body } = await this.#system.s3.send(
      new GetObjectCommand({ Bucket: this.bucket, Key: resultKey }),
    );
    return v.parse(uploadResult, JSON.parse((await Body?.transformToString()) ?? ''));
  }

  async resultKeys(): Promise<string[]> {
    const keys: string[] = [];
    let after: string | undefined;
    do {
      const { Contents = [], NextContinuationToken } = await this.#system.s3.send(
        new ListObjectsV2Command({
          Bucket: this.bucket,
          Prefix: resultsPrefix,
          ...(after && { ContinuationToken: after }),
        }),
      );
      keys.push(...Contents.flatMap(({ Key }) => Key ?? []));
      after = NextContinuationToken;
    } while (after !== undefined);
    return keys;
  }

  /** What the consumer of this way said that it did, by its log. */
  lines(outcome?: string): UploadLine[] {
    const service = this.name === 'Direct' ? 'direct-uploads' : 'fanned-out-uploads';
    return this.#system.log
      .filter(({ fields }) => fields.service === service)
      .map(({ fields }) => fields as unknown as UploadLine)
      .filter(line => outcome === undefined || line.outcome === outcome);
  }
}

/** A notification as S3 writes it. */
function notificationOf(
  bucket: string,
  { key, versionId, sequencer }: { key: string; versionId: string; sequencer: string },
): object {
  return {
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        eventName: 'ObjectCreated:Put',
        eventTime: new Date().toISOString(),
        responseElements: { 'x-amz-request-id': 'TOLDAGAIN' },
        s3: {
          bucket: { name: bucket },
          object: {
            key: encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/'),
            versionId,
            sequencer,
          },
        },
      },
    ],
  };
}

export function sha256Of(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
