import { LongPostsStack } from '../e2e/fixtures/long-posts-stack.ts';
import type { DeployedResource } from '../support/policy/deployed-stack.ts';
import { PolicyWorld } from '../support/policy/policy-world.ts';
import { reachOf } from '../support/policy/reach.ts';
import { pathsOf } from '../support/policy/synthesized-world.ts';
import { readingBucket, readingByKey, readingObjects, writingByKey } from '../support/policy/worker-reach.ts';
import { templateOf } from '../support/stack-template.ts';
import { testApp } from '../support/synthesized-app.ts';

const system = 'long-posts';
const path = (name: string) => `${system}/${name}`;
const stack = new LongPostsStack(testApp(), system);
const world = new PolicyWorld([{ name: system, template: templateOf(stack), paths: pathsOf(stack) }]);
const bucket = world.resource(path('Payloads/Objects/Bucket'));
const inside = ({ ...resource }: DeployedResource, key: string) => ({
  ...resource,
  arn: `${resource.arn}/${key}`,
});

describe('what is in a payload bucket', () => {
  it('is stored by the publisher, which reads and deletes nothing', async () => {
    expect(await reachOf(world.resource(path('Publisher')), world)).toEqual({
      [path('Posts/Topic')]: ['sns:Publish'],
      [path('TopicKey')]: ['kms:Decrypt', 'kms:GenerateDataKey'],
      [path('Payloads/Objects/Bucket')]: ['s3:PutObject'],
      [path('Payloads/Objects/Key')]: writingByKey,
    });
  });

  it.each(['Feed', 'Search'])(
    'is read by the consumer of %s, which stores and deletes nothing',
    async name => {
      expect(await reachOf(world.resource(path(`${name}Consumer/Role`)), world)).toMatchObject({
        [path('Payloads/Objects/Bucket')]: [...readingObjects, ...readingBucket],
        [path('Payloads/Objects/Key')]: readingByKey,
      });
    },
  );

  it.each(['Publisher', 'FeedConsumer/Role', 'SearchConsumer/Role'])(
    'is deleted by nobody: not %s',
    async name => {
      const role = world.role(path(name));
      for (const action of ['s3:DeleteObject', 's3:DeleteObjectVersion']) {
        expect(await role.may(action, inside(bucket, 'a-key'))).toBeDenied();
      }
    },
  );
});
