import { reachOf } from '../support/policy/reach.ts';
import { synthesizedWorld } from '../support/policy/synthesized-world.ts';
import {
  consuming,
  readingBucket,
  readingByKey,
  readingObjects,
  writingByKey,
} from '../support/policy/worker-reach.ts';

const path = (name: string) => `container-workers/${name}`;

describe.each(['dev', 'prod'] as const)('in %s', stage => {
  const world = synthesizedWorld(stage);

  it('containers take jobs, read videos, write results and protect their own tasks, and nothing else', async () => {
    expect(await reachOf(world.resource(path('Workers/Role')), world)).toEqual({
      [path('Workers/Cluster')]: ['ecs:GetTaskProtection', 'ecs:UpdateTaskProtection'],
      [path('Storyboards/Queue')]: consuming,
      [path('QueueKey')]: ['kms:Decrypt'],
      [path('Uploads/Bucket')]: readingBucket,
      [path('Uploads/Bucket/incoming/*')]: readingObjects,
      [path('Uploads/Key')]: readingByKey,
      [path('Results/Bucket')]: ['s3:ListBucket'],
      [path('Results/Bucket/videos/*')]: ['s3:GetObject', 's3:PutObject'],
      [path('Results/Key')]: writingByKey,
    });
  });

  it('send no jobs, and write nothing where videos come in', async () => {
    const worker = world.role(path('Workers/Role'));
    const uploads = world.resource(path('Uploads/Bucket'));
    expect(await worker.may('sqs:SendMessage', world.resource(path('Storyboards/Queue')))).toBeDenied();
    expect(
      await worker.may('s3:PutObject', { ...uploads, arn: `${uploads.arn}/incoming/film.mp4` }),
    ).toBeDenied();
  });
});
