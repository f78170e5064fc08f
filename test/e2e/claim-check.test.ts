import { createHash } from 'node:crypto';
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { App } from 'aws-cdk-lib';
import { ClaimCheck } from '../../lambda/shared/claim-check.ts';
import { TopicPublisher } from '../../lambda/shared/topic-publisher.ts';
import { type LocalCloud, startLocalCloud } from '../../local/cloud.ts';
import { until } from '../../local/scenarios/condition.ts';
import { messagesIn } from '../../local/scenarios/queue-state.ts';
import { cdkJsonContext } from '../support/synthesized-app.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { posts } from './fixtures/long-posts.ts';
import { LongPostsStack } from './fixtures/long-posts-stack.ts';

interface Line {
  readonly service: string;
  readonly outcome: string;
  readonly post_id?: string;
  readonly digest?: string;
  readonly error?: { readonly name: string };
}

/** A million characters, of which many take more than a byte. */
const million = 'Grüße — '.repeat(125_000);
const digestOf = (content: string) => createHash('sha256').update(content).digest('hex');
const consumers = ['Feed', 'Search'];

let cloud: LocalCloud;
let sns: SNSClient;
let sqs: SQSClient;
let s3: S3Client;
const lines: Line[] = [];

beforeAll(async () => {
  const app = new App({ outdir: temporaryDirectory(), context: cdkJsonContext() });
  new LongPostsStack(app, 'long-posts');
  const { directory: assemblyDirectory } = app.synth();
  cloud = await startLocalCloud({ assemblyDirectory, port: 0, httpPort: 0, maxVisibilityTimeoutSeconds: 2 });
  const settings = {
    endpoint: cloud.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    forcePathStyle: true,
  };
  sns = new SNSClient(settings);
  sqs = new SQSClient(settings);
  s3 = new S3Client(settings);
  cloud.events.on('log', ({ json }) => {
    if (json?.outcome !== undefined) lines.push(json as unknown as Line);
  });
}, 120_000);

afterAll(async () => {
  for (const client of [sns, sqs, s3]) client?.destroy();
  await cloud?.stop();
});

function output(name: string): string {
  const value = cloud.stacks[0]?.outputs[name];
  if (value === undefined) throw new Error(`There is no output ${name}`);
  return value;
}

async function keys(): Promise<string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: output('BucketName') }));
  return Contents.map(({ Key = '' }) => Key);
}

async function publish(postId: string, content: string): Promise<void> {
  const claimCheck = new ClaimCheck({ s3, bucket: output('BucketName') });
  await new TopicPublisher({ sns, topicArn: output('TopicArn'), events: posts, claimCheck }).publish({
    event_type: 'post_published',
    correlation_id: 'test',
    post_id: postId,
    content,
  });
}

/** Publishes as a program in Java does that uses Amazon's library: body and attribute by hand. */
async function publishPointer(bucket: string, key: string, bytes: number): Promise<void> {
  await sns.send(
    new PublishCommand({
      TopicArn: output('TopicArn'),
      Message: `["software.amazon.payloadoffloading.PayloadS3Pointer",{"s3BucketName":"${bucket}","s3Key":"${key}"}]`,
      MessageAttributes: {
        eventType: { DataType: 'String', StringValue: 'post_published' },
        ExtendedPayloadSize: { DataType: 'Number', StringValue: String(bytes) },
      },
    }),
  );
}

/**
 * Waits until each consumer has read a post, and answers the digests that they read: a consumer may be handed a
 * message twice.
 */
async function digestsOf(postId: string): Promise<string[]> {
  const ofPost = () => lines.filter(({ outcome, post_id }) => outcome === 'read' && post_id === postId);
  await until(async () => {
    const readers = new Set(ofPost().map(({ service }) => service));
    return consumers.every(name => readers.has(name)) ? undefined : `read by ${[...readers].join(', ')}`;
  });
  return [...new Set(ofPost().map(({ digest = '' }) => digest))];
}

it('a post of a million characters reaches every consumer whole, and stays in the bucket', async () => {
  await publish('long', million);

  expect(await digestsOf('long')).toEqual([digestOf(million)]);
  expect(await keys()).toHaveLength(1);
});

it('a post that fits does not go to the bucket', async () => {
  const before = await keys();

  await publish('short', 'Hello.');

  expect(await digestsOf('short')).toEqual([digestOf('Hello.')]);
  expect(await keys()).toEqual(before);
});

it('a post that a program in Java stored is read too', async () => {
  const { body } = posts.encode({
    event_type: 'post_published',
    correlation_id: 'test',
    post_id: 'from-java',
    content: million,
  });
  const bucket = output('BucketName');
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'from-java', Body: body }));

  await publishPointer(bucket, 'from-java', Buffer.byteLength(body));

  expect(await digestsOf('from-java')).toEqual([digestOf(million)]);
});

it('a post whose body is gone, and a pointer to another bucket, go to the DLQ of each queue', async () => {
  await publishPointer(output('BucketName'), 'never-stored', 1);
  await publishPointer('of-somebody-else', 'a-key', 1);

  for (const consumer of consumers) {
    const deadLetters = output(`${consumer}DlqUrl`);
    await until(async () =>
      (await messagesIn(sqs, deadLetters)) < 2 ? `${consumer}: not in the DLQ` : undefined,
    );
    const failures = lines.filter(({ outcome, service }) => outcome === 'failed' && service === consumer);
    expect(new Set(failures.map(({ error }) => error?.name))).toEqual(
      new Set(['PayloadGoneError', 'ForeignPayloadError']),
    );
  }
});
