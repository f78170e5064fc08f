import { deliveryEdges } from '../support/policy/delivery-edges.ts';
import type { DeployedResource } from '../support/policy/deployed-stack.ts';
import { reachOf } from '../support/policy/reach.ts';
import { synthesizedWorld } from '../support/policy/synthesized-world.ts';
import { writingByKey } from '../support/policy/worker-reach.ts';

const stack = 'event-archive';
const dev = synthesizedWorld('dev');

const topic = dev.resource(`${stack}/OrderEvents/Topic`);
const stream = dev.resource(`${stack}/Archive/Stream`);
const bucket = dev.resource(`${stack}/Archive/Events/Bucket`);
const unreadable = dev.resource(`${stack}/Unreadable/Queue`);
const streamRole = dev.resource(`${stack}/Archive/Role`);
const subscriptionRole = dev.resource(`${stack}/ArchiveSubscription/Role`);

/** Something in a bucket. */
const inside = (of: DeployedResource, key: string) => ({ ...of, arn: `${of.arn}/${key}` });

describe('event-archive delivers', () => {
  const names = deliveryEdges(dev).map(edge => edge.name);
  const from = (path: string) => names.filter(name => name.startsWith(`${path} → `)).sort();

  it('from the topic to the stream, or to the DLQ of the subscription', () => {
    expect(from(topic.path)).toEqual([
      `${topic.path} → ${stream.path}`,
      `${topic.path} → ${stack}/ArchiveSubscription/UndeliveredOrderEvents`,
    ]);
  });

  it('from the stream to the bucket', () => {
    expect(from(stream.path)).toEqual([`${stream.path} → ${bucket.path}`]);
  });

  it('from the bucket, of what could not be filed, to a queue', () => {
    expect(from(bucket.path)).toEqual([
      `${bucket.path} → ${stack}/AccessLogs`,
      `${bucket.path} → ${unreadable.path}`,
    ]);
  });
});

describe('the role that SNS puts records under', () => {
  it('reaches the stream, and nothing else', async () => {
    expect(await reachOf(subscriptionRole, dev)).toEqual({
      [stream.path]: ['firehose:PutRecord', 'firehose:PutRecordBatch'],
    });
  });

  it('is nobody else’s to take', async () => {
    const others = ['firehose.amazonaws.com', 'events.amazonaws.com'].map(name => dev.service(name));
    for (const other of [...others, dev.stranger(), dev.outsider(), dev.anybody()]) {
      expect((await other.may('sts:AssumeRole', subscriptionRole)).allowed).toBe(false);
    }
  });
});

describe('the role that the stream writes under', () => {
  it('reaches its folders, the key by way of S3, and its log', async () => {
    expect(await reachOf(streamRole, dev)).toEqual({
      [bucket.path]: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
      [`${bucket.path}/errors/*`]: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
      [`${bucket.path}/events/*`]: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
      [`${stack}/Archive/Events/Key`]: writingByKey,
      [`${stack}/Archive/Logs`]: ['logs:PutLogEvents'],
    });
  });

  it('writes nothing beside its folders, and deletes nothing', async () => {
    const role = dev.role(streamRole);
    expect((await role.may('s3:PutObject', inside(bucket, 'elsewhere/object'))).allowed).toBe(false);
    expect((await role.may('s3:DeleteObject', inside(bucket, 'events/object'))).allowed).toBe(false);
  });
});
