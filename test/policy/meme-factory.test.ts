import type { DeployedResource } from '../support/policy/deployed-stack.ts';
import { reachOf } from '../support/policy/reach.ts';
import { synthesizedWorld } from '../support/policy/synthesized-world.ts';
import {
  consuming,
  instanceReach,
  readingBucket,
  readingByKey,
  readingObjects,
  writingByKey,
} from '../support/policy/worker-reach.ts';

const stack = 'meme-factory';
const inside = (bucket: DeployedResource, key: string) => ({ ...bucket, arn: `${bucket.arn}/${key}` });

describe.each(['dev', 'prod'] as const)('in %s', stage => {
  const world = synthesizedWorld(stage);
  const path = (name: string) => `${stack}/${name}`;

  it('the function reads what uploads ask for, orders memes and tells owners, and nothing else', async () => {
    expect(await reachOf(world.resource(path('OrderMeme/Role')), world)).toEqual({
      '*': ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
      [path('OrderMeme/Logs')]: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      [path('Notices/Queue')]: [...consuming, 'sqs:GetQueueUrl'].sort(),
      [path('Jobs/Queue')]: ['sqs:SendMessage'],
      [path('QueueKey')]: ['kms:Decrypt', 'kms:GenerateDataKey'],
      [path('Results/Topic')]: ['sns:Publish'],
      [path('TopicKey')]: ['kms:Decrypt', 'kms:GenerateDataKey'],
      [path('Uploads/Bucket')]: readingBucket,
      [path('Uploads/Bucket/incoming/*')]: readingObjects,
      [path('Uploads/Key')]: readingByKey,
    });
  });

  it('the artists take jobs, read photos, write memes and tell owners, and nothing else', async () => {
    expect(await reachOf(world.resource(path('Artists/Role')), world)).toEqual({
      ...instanceReach(path('Artists')),
      [path('Jobs/Queue')]: consuming,
      [path('QueueKey')]: ['kms:Decrypt'],
      [path('Results/Topic')]: ['sns:Publish'],
      [path('TopicKey')]: ['kms:Decrypt', 'kms:GenerateDataKey'],
      [path('Uploads/Bucket')]: readingBucket,
      [path('Uploads/Bucket/incoming/*')]: readingObjects,
      [path('Uploads/Key')]: readingByKey,
      [path('Output/Bucket')]: ['s3:ListBucket'],
      [path('Output/Bucket/memes/*')]: ['s3:PutObject'],
      [path('Output/Bucket/failures/*')]: ['s3:GetObject', 's3:PutObject'],
      [path('Output/Key')]: writingByKey,
    });
  });

  it('nobody who works here writes where photos come in, or deletes a picture', async () => {
    const uploads = world.resource(path('Uploads/Bucket'));
    const output = world.resource(path('Output/Bucket'));
    for (const role of ['OrderMeme/Role', 'Artists/Role']) {
      const worker = world.role(path(role));
      expect(await worker.may('s3:PutObject', inside(uploads, 'incoming/cat.jpg'))).toBeDenied();
      expect(await worker.may('s3:DeleteObject', inside(output, 'memes/1.png'))).toBeDenied();
    }
  });

  it('S3 tells of this bucket alone, and of no other', async () => {
    const notices = world.resource(path('Notices/Queue'));
    const s3 = (name: string) => world.service('s3.amazonaws.com', world.resource(path(name)));
    expect(await s3('Uploads/Bucket').may('sqs:SendMessage', notices)).toBeAllowed();
    expect(await s3('Output/Bucket').may('sqs:SendMessage', notices)).toBeDenied();
    expect(
      await s3('Uploads/Bucket').may('sqs:SendMessage', world.resource(path('Jobs/Queue'))),
    ).toBeDenied();
  });
});
