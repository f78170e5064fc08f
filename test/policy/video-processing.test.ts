import { foreignAccount } from '../support/policy/account.ts';
import { deliveryEdges } from '../support/policy/delivery-edges.ts';
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

const stack = 'video-processing';
const dev = synthesizedWorld('dev');
const uploads = dev.resource(`${stack}/Uploads/Bucket`);
const results = dev.resource(`${stack}/Results/Bucket`);
const notices = dev.resource(`${stack}/Notices/Queue`);
const storyboards = dev.resource(`${stack}/Storyboards/Queue`);
const frontEnd = dev.role(`${stack}/FrontEnd/Role`);
const backEnd = dev.role(`${stack}/BackEnd/Role`);

/** Something in a bucket. */
const inside = (bucket: DeployedResource, key: string) => ({ ...bucket, arn: `${bucket.arn}/${key}` });

describe('video-processing delivers', () => {
  const names = deliveryEdges(dev).map(edge => edge.name);

  it('from the bucket of the uploads to its queue, and its access log', () => {
    expect(names.filter(name => name.startsWith(`${uploads.path} → `)).sort()).toEqual([
      `${uploads.path} → ${stack}/AccessLogs`,
      `${uploads.path} → ${notices.path}`,
    ]);
  });

  it('from the bucket of the results to its access log alone', () => {
    expect(names.filter(name => name.startsWith(`${results.path} → `))).toEqual([
      `${results.path} → ${stack}/AccessLogs`,
    ]);
  });
});

describe.each(['dev', 'prod'] as const)('in %s', stage => {
  const world = synthesizedWorld(stage);

  it('the front end reads uploads, reports refusals and sends jobs, and nothing else', async () => {
    expect(await reachOf(world.resource(`${stack}/FrontEnd/Role`), world)).toEqual({
      ...instanceReach(`${stack}/FrontEnd`),
      [notices.path]: consuming,
      [storyboards.path]: ['sqs:SendMessage'],
      [`${stack}/QueueKey`]: ['kms:Decrypt', 'kms:GenerateDataKey'],
      [uploads.path]: readingBucket,
      [`${uploads.path}/incoming/*`]: readingObjects,
      [`${stack}/Uploads/Key`]: readingByKey,
      [`${results.path}/videos/*`]: ['s3:PutObject'],
      [`${stack}/Results/Key`]: writingByKey,
    });
  });

  it('the back end takes jobs, reads uploads and writes results, and nothing else', async () => {
    expect(await reachOf(world.resource(`${stack}/BackEnd/Role`), world)).toEqual({
      ...instanceReach(`${stack}/BackEnd`),
      [storyboards.path]: consuming,
      [`${stack}/QueueKey`]: ['kms:Decrypt'],
      [uploads.path]: readingBucket,
      [`${uploads.path}/incoming/*`]: readingObjects,
      [`${stack}/Uploads/Key`]: readingByKey,
      [results.path]: ['s3:ListBucket'],
      [`${results.path}/videos/*`]: ['s3:GetObject', 's3:PutObject'],
      [`${stack}/Results/Key`]: writingByKey,
    });
  });

  it('there are no other roles that read videos or take messages', () => {
    const roles = world.ofType('AWS::IAM::Role').filter(({ stackName }) => stackName === stack);
    expect(roles.map(({ path }) => path).sort()).toEqual([
      `${stack}/BackEnd/Role`,
      `${stack}/FrontEnd/Role`,
      `${stack}/Network/FlowLogRole`,
    ]);
  });
});

describe('no worker', () => {
  it.each([
    ['the front end', frontEnd],
    ['the back end', backEnd],
  ])('writes where videos come in, or deletes anything: %s', async (_, worker) => {
    for (const action of ['s3:PutObject', 's3:DeleteObject', 's3:DeleteObjectVersion']) {
      expect(await worker.may(action, inside(uploads, 'incoming/film.mp4'))).toBeDenied();
    }
    expect(await worker.may('s3:DeleteObject', inside(results, 'videos/1/report.json'))).toBeDenied();
    expect(await worker.may('s3:PutObject', inside(results, 'elsewhere/report.json'))).toBeDenied();
  });

  it('takes what is for the other tier', async () => {
    expect(await backEnd.may('sqs:ReceiveMessage', notices)).toBeDenied();
    expect(await frontEnd.may('sqs:ReceiveMessage', storyboards)).toBeDenied();
    expect(await backEnd.may('sqs:SendMessage', storyboards)).toBeDenied();
  });

  it("carries a video out of the account, even into somebody's open bucket", async () => {
    const open = {
      path: 'an open bucket',
      arn: 'arn:aws:s3:::open-to-all/film.mp4',
      account: foreignAccount,
    };
    expect(await backEnd.may('s3:PutObject', open)).toBeDenied();
  });

  it('needs more than its own network: jobs are taken over TLS alone', async () => {
    expect(await backEnd.may('sqs:ReceiveMessage', storyboards)).toBeAllowed();
    expect(await backEnd.overPlainHttp().may('sqs:ReceiveMessage', storyboards)).toBeForbidden();
    expect(
      await backEnd.overPlainHttp().may('s3:GetObject', inside(uploads, 'incoming/a.mp4')),
    ).toBeForbidden();
  });
});
