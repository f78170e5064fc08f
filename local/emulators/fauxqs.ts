import { readFileSync } from 'node:fs';
import { buildApp } from 'fauxqs';
import { ACCOUNT_ID } from '../assembly/cloud-assembly.ts';
import type {
  MessageAttribute,
  QueueStore,
  StoredMessage,
  StoredQueue,
  StoredSubscription,
  TopicStore,
} from './message-store.ts';
import type { WireAction } from './wire-protocol.ts';

/** The version whose inside this file knows. */
const KNOWN_VERSION = '2.4.1';

export type FauxqsApp = ReturnType<typeof buildApp>;

/** A queue of fauxqs with what our refinements of it touch. */
export interface FauxqsQueue extends StoredQueue {
  readonly attributes: Record<string, string>;
  messages: StoredMessage[];
  readonly inflightMessages: Map<string, { readonly message: StoredMessage }>;
  readonly fifoMessages: Map<string, StoredMessage[]>;
  readonly fifoLockedGroups: Map<string, number>;
  getAllAttributes(names: string[]): Record<string, string>;
  dequeue(
    maxCount: number,
    visibilityTimeout: number | undefined,
    deadLetterQueue: ((arn: string) => Pick<StoredQueue, 'enqueue'> | undefined) | undefined,
  ): ReceivedMessage[];
  changeVisibility(receiptHandle: string, seconds: number): void;
  checkDeduplication(id: string): { readonly isDuplicate: boolean };
}

export interface ReceivedMessage {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  MessageAttributes?: Readonly<Record<string, MessageAttribute>>;
  MD5OfMessageAttributes?: string;
  Attributes?: Record<string, string>;
}

export interface FauxqsQueueStore extends QueueStore {
  host: string;
  region?: string;
  getQueue(url: string): FauxqsQueue | undefined;
  getQueueByArn(arn: string): FauxqsQueue | undefined;
  getQueueByName(name: string): FauxqsQueue | undefined;
  allQueues(): Iterable<FauxqsQueue>;
  createQueue(
    name: string,
    url: string,
    arn: string,
    attributes?: Record<string, string>,
    tags?: Record<string, string>,
  ): FauxqsQueue;
  buildQueueUrl(name: string, port: string, requestHost: string, region: string): string;
}

export interface FauxqsTopicStore extends TopicStore {
  region?: string;
  subscribe(
    topicArn: string,
    protocol: string,
    endpoint: string,
    attributes?: Record<string, string>,
  ): StoredSubscription | undefined;
  unsubscribe(arn: string): boolean;
}

export interface StoredObject {
  readonly key: string;
  readonly body: Buffer;
  readonly contentLength: number;
  readonly etag: string;
}

/** Objects of S3, with what our refinements of it touch; only the latest version of each. */
export interface FauxqsObjectStore {
  readonly buckets: Map<string, Map<string, StoredObject>>;
  readonly multipartUploads: ReadonlyMap<string, { readonly bucket: string; readonly key: string }>;
  hasBucket(bucket: string): boolean;
  putObject(bucket: string, key: string, ...others: unknown[]): StoredObject;
  completeMultipartUpload(uploadId: string, parts: unknown): StoredObject;
  deleteObject(bucket: string, key: string): void;
  getObject(bucket: string, key: string): StoredObject;
  headObject(bucket: string, key: string): StoredObject;
}

/** An error that fauxqs answers a request of S3 with. */
export interface ObjectError extends Error {
  toXml(): string;
}

/** Actions of SQS that are called for every message: ours build on them, without fauxqs's web framework. */
const QUEUE_ACTIONS = [
  'changeMessageVisibility',
  'deleteMessage',
  'deleteMessageBatch',
  'getQueueAttributes',
  'receiveMessage',
  'sendMessage',
  'sendMessageBatch',
] as const;

type QueueActionName = (typeof QUEUE_ACTIONS)[number];
type QueueAction = (parameters: Readonly<Record<string, unknown>>, queues: QueueStore) => object;

export interface Fauxqs {
  readonly app: FauxqsApp;
  readonly queues: FauxqsQueueStore;
  readonly topics: FauxqsTopicStore;
  readonly objects: FauxqsObjectStore;
  objectError(code: string, message: string, status: number): ObjectError;
  queueAction(name: QueueActionName): WireAction;
  createMessage(
    body: string,
    attributes: Readonly<Record<string, MessageAttribute>>,
    delaySeconds: number | undefined,
    groupId: string | undefined,
    deduplicationId: string | undefined,
  ): StoredMessage;
}

/**
 * fauxqs in this process, not yet listening, with its stores in reach.
 *
 * The package exports only its servers; its stores are taken from the files beside its entry point.
 *
 * @throws Error where the installed version is not the one whose inside is known.
 */
export async function loadFauxqs(region: string): Promise<Fauxqs> {
  const entry = import.meta.resolve('fauxqs');
  const manifest = JSON.parse(readFileSync(new URL('../package.json', entry), 'utf8')) as { version: string };
  if (manifest.version !== KNOWN_VERSION) {
    throw new Error(
      `fauxqs ${manifest.version} is installed; the local cloud knows the inside of ${KNOWN_VERSION}. ` +
        'Run `npm ci`, or teach local/emulators/fauxqs.ts the new version.',
    );
  }
  const inside = async <Module>(path: string): Promise<Module> =>
    (await import(new URL(path, entry).href)) as Module;
  const [{ SqsStore }, { SnsStore }, { S3Store }, { S3Error }, ...actions] = await Promise.all([
    inside<{ SqsStore: (new () => FauxqsQueueStore) & Pick<Fauxqs, 'createMessage'> }>('./sqs/sqsStore.js'),
    inside<{ SnsStore: new () => FauxqsTopicStore }>('./sns/snsStore.js'),
    inside<{ S3Store: new () => FauxqsObjectStore }>('./s3/s3Store.js'),
    inside<{ S3Error: new (code: string, message: string, status: number) => ObjectError }>(
      './common/errors.js',
    ),
    ...QUEUE_ACTIONS.map(async name => {
      const module = await inside<Record<string, QueueAction>>(`./sqs/actions/${name}.js`);
      return [name, module[name]] as const;
    }),
  ]);
  const actionsByName = new Map(actions);
  const queues = new SqsStore();
  const topics = new SnsStore();
  const objects = new S3Store();
  const stores = { sqsStore: queues, snsStore: topics, s3Store: objects };
  const app = buildApp({
    logger: false,
    defaultRegion: region,
    stores: stores as unknown as NonNullable<NonNullable<Parameters<typeof buildApp>[0]>['stores']>,
  });
  return {
    app,
    queues,
    topics,
    objects,
    objectError: (code, message, status) => new S3Error(code, message, status),
    queueAction: name => {
      const action = actionsByName.get(name);
      if (action === undefined) {
        throw new Error(`fauxqs has no action ${name}.`);
      }
      return ({ parameters }) => action(parameters, queues);
    },
    createMessage: SqsStore.createMessage,
  };
}

/** Gives every queue the same URL whatever host name its creator called the endpoint by. */
export function fixQueueUrls(queues: FauxqsQueueStore, endpoint: string): void {
  queues.buildQueueUrl = name => `${endpoint}/${ACCOUNT_ID}/${name}`;
}
