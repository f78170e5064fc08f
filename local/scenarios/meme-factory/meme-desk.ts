import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { type MemeEvent, memeKey, memeMetadata, ownerAttribute } from '../../../contracts/memes.ts';
import { objectIdOf } from '../../../contracts/stored-objects.ts';
import { incomingPrefix } from '../../../contracts/uploads.ts';
import type { LogEntry, RunningSystem } from '../scenario.ts';

export interface MemeUpload {
  readonly name: string;
  readonly photo: Uint8Array;
  readonly top?: string;
  readonly bottom?: string;
  readonly owner: string;
}

/** Puts photos in, and looks at what came of them. */
export class MemeDesk {
  readonly #system: RunningSystem;
  readonly #heard: MemeEvent[] = [];

  constructor(system: RunningSystem) {
    this.#system = system;
  }

  /** @returns the id of the meme. */
  async put({ name, photo, top, bottom, owner }: MemeUpload): Promise<string> {
    const bucket = this.#system.output('UploadsBucketName');
    const key = `${incomingPrefix}${name}`;
    const { VersionId: version_id } = await this.#system.s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: photo,
        Metadata: {
          ...(top !== undefined && { [memeMetadata.topText]: headerText(top) }),
          ...(bottom !== undefined && { [memeMetadata.bottomText]: headerText(bottom) }),
          [memeMetadata.owner]: owner,
        },
      }),
    );
    return objectIdOf({ bucket, key, ...(version_id && { version_id }) });
  }

  async meme(id: string): Promise<Uint8Array | undefined> {
    try {
      const { Body } = await this.#system.s3.send(
        new GetObjectCommand({ Bucket: this.#system.output('OutputBucketName'), Key: memeKey(id) }),
      );
      return await Body?.transformToByteArray();
    } catch (error) {
      if ((error as Error).name === 'NoSuchKey') return undefined;
      throw error;
    }
  }

  /** Subscribes an owner to what becomes of their uploads, and of nobody else's. */
  async subscribe(owner: string): Promise<MemeInbox> {
    const { sqs, sns } = this.#system;
    const { QueueUrl: url = '' } = await sqs.send(new CreateQueueCommand({ QueueName: `inbox-of-${owner}` }));
    const { Attributes: attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }),
    );
    await sns.send(
      new SubscribeCommand({
        TopicArn: this.#system.output('ResultsTopicArn'),
        Protocol: 'sqs',
        Endpoint: attributes?.QueueArn,
        Attributes: {
          RawMessageDelivery: 'true',
          FilterPolicy: JSON.stringify({ [ownerAttribute]: [owner] }),
        },
      }),
    );
    return { events: () => this.#take(url) };
  }

  /** What function and workers wrote of a meme that they were done with. */
  lines(memeId: string, outcome: string): LogEntry['fields'][] {
    return this.#system.log
      .map(({ fields }) => fields)
      .filter(fields => fields.meme_id === memeId && fields.outcome === outcome);
  }

  async #take(url: string): Promise<readonly MemeEvent[]> {
    const { Messages: messages = [] } = await this.#system.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }),
    );
    for (const { Body = '', ReceiptHandle } of messages) {
      this.#heard.push(JSON.parse(Body) as MemeEvent);
      await this.#system.sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
    }
    return this.#heard;
  }
}

/** What an owner was told so far. */
export interface MemeInbox {
  events(): Promise<readonly MemeEvent[]>;
}

/** Headers carry ASCII alone: other texts go as encoded words, as in e-mail. */
function headerText(text: string): string {
  const isPlain = /^[\x20-\x7e]*$/.test(text);
  return isPlain ? text : `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`;
}
