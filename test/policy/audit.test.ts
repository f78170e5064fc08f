import { account, foreignAccount } from '../support/policy/account.ts';
import type { Caller, Target } from '../support/policy/caller.ts';
import { deliveryEdges } from '../support/policy/delivery-edges.ts';
import { reachOf } from '../support/policy/reach.ts';
import { synthesizedWorld } from '../support/policy/synthesized-world.ts';

const stack = 'audit';
const cloudTrail = 'cloudtrail.amazonaws.com';
const world = synthesizedWorld('dev');
const trails = [`${stack}/Changes/Trail`, `${stack}/Accesses/Trail`].map(path => world.resource(path));
const bucket = world.resource(`${stack}/Calls/Bucket`);
const key = world.resource(`${stack}/Calls/Key`);
const log = world.resource(`${stack}/ChangesLog`);
const auditor = world.role(`${stack}/Auditor`);
const logRole = world.role(`${stack}/Changes/LogRole`);

const object = (folder: string): Target => ({
  path: `${bucket.path}/${folder}`,
  arn: `${bucket.arn}/${folder}any`,
  account,
});
const own = object(`AWSLogs/${account}/CloudTrail/eu-west-1/2026/03/14/`);
const writing = (caller: Caller) => caller.with({ 's3:x-amz-acl': 'bucket-owner-full-control' });
const inContext = (caller: Caller, arn: string | undefined) =>
  caller.with({ 'kms:EncryptionContext:aws:cloudtrail:arn': arn });

it('the trails reach the bucket, and that of changes the log', () => {
  const names = deliveryEdges(world).map(({ name }) => name);
  expect(names.filter(name => trails.some(({ path }) => name.startsWith(`${path} → `)))).toEqual([
    `${trails[0]?.path} → ${bucket.path}`,
    `${trails[0]?.path} → ${log.path}`,
    `${trails[1]?.path} → ${bucket.path}`,
  ]);
});

describe.each(trails)('$path', trail => {
  const trailService = world.service(cloudTrail, trail);

  it('writes under its account and nowhere else, over TLS, and encrypts in its context', async () => {
    expect(await trailService.may('s3:GetBucketAcl', bucket)).toBeAllowed();
    expect(await writing(trailService).may('s3:PutObject', own)).toBeAllowed();
    expect(await writing(trailService.overPlainHttp()).may('s3:PutObject', own)).toBeForbidden();
    // Without this header, objects could be another's.
    expect(await trailService.with({ 's3:x-amz-acl': undefined }).may('s3:PutObject', own)).toBeDenied();
    for (const folder of ['', 'AWSLogs/', `AWSLogs/${foreignAccount}/`]) {
      expect(await writing(trailService).may('s3:PutObject', object(folder))).toBeDenied();
    }
    expect(await inContext(trailService, trail.arn).may('kms:GenerateDataKey', key)).toBeAllowed();
    expect(await inContext(trailService, undefined).may('kms:GenerateDataKey', key)).toBeDenied();
    expect(await inContext(trailService, trail.arn).may('kms:Decrypt', key)).toBeDenied();
  });

  it('is let in, and no other trail, account or service', async () => {
    const others = [
      world.service(cloudTrail),
      world.service(cloudTrail, { arn: trail.arn?.replace(trail.name, 'another'), account }),
      world.service(cloudTrail, {
        arn: trail.arn?.replace(account, foreignAccount),
        account: foreignAccount,
      }),
      world.service('config.amazonaws.com', trail),
      world.stranger(),
      world.outsider(),
      world.anybody(),
    ];
    for (const other of others) {
      expect(await other.may('s3:GetBucketAcl', bucket)).toBeDenied();
      expect(await writing(other).may('s3:PutObject', own)).toBeDenied();
      expect(await inContext(other, trail.arn).may('kms:GenerateDataKey', key)).toBeDenied();
    }
  });
});

it('an organization’s trail writes for all its accounts, and for no other organization', async () => {
  const organized = synthesizedWorld('dev', { auditOrganization: 'o-a1b2c3d4e5' });
  const trail = organized.resource(`${stack}/Changes/Trail`);
  const service = organized.service(cloudTrail, trail);
  const of = (owner: string) => object(`AWSLogs/${owner}/`);
  for (const owner of [account, `o-a1b2c3d4e5/${foreignAccount}`]) {
    expect(await writing(service).may('s3:PutObject', of(owner))).toBeAllowed();
  }
  for (const owner of [foreignAccount, `o-zzzzzzzzzz/${foreignAccount}`]) {
    expect(await writing(service).may('s3:PutObject', of(owner))).toBeDenied();
  }
});

it('nobody deletes what is recorded, or goes round its lock', async () => {
  const callers = [
    world.administrator(),
    auditor,
    logRole,
    world.outsider(),
    world.anybody(),
    ...trails.map(trail => world.service(cloudTrail, trail)),
  ];
  for (const caller of callers) {
    for (const call of ['DeleteObject', 'DeleteObjectVersion', 'BypassGovernanceRetention']) {
      expect(await caller.may(`s3:${call}`, own)).toBeForbidden();
    }
  }
  expect(await world.administrator().may('s3:GetObject', own)).toBeAllowed();
  expect(await world.administrator().overPlainHttp().may('s3:GetObject', own)).toBeForbidden();
});

describe('the auditor', () => {
  it('may look, and nothing else', async () => {
    const viaS3 = 'by s3.eu-west-1.amazonaws.com';
    expect(await reachOf(world.resource(`${stack}/Auditor`), world)).toEqual({
      [`${stack}/Calls/Bucket`]: ['s3:ListBucket', 's3:ListBucketVersions'],
      [`${stack}/Calls/Bucket/AWSLogs/*`]: ['s3:GetObject', 's3:GetObjectVersion'],
      [`${stack}/Calls/Key`]: [`kms:Decrypt ${viaS3}`],
      [`${stack}/ChangesLog`]: ['logs:FilterLogEvents', 'logs:GetLogEvents'],
      [`${stack}/Queries/Results/Bucket`]: [
        's3:GetBucketLocation',
        's3:ListBucket',
        's3:ListBucketMultipartUploads',
      ],
      [`${stack}/Queries/Results/Bucket/results/*`]: [
        's3:AbortMultipartUpload',
        's3:GetObject',
        's3:PutObject',
      ],
      [`${stack}/Queries/Results/Key`]: [`kms:Decrypt ${viaS3}`, `kms:GenerateDataKey ${viaS3}`],
      [`${stack}/Queries/WorkGroup`]: [
        'athena:BatchGetNamedQuery',
        'athena:GetNamedQuery',
        'athena:GetQueryExecution',
        'athena:GetQueryResults',
        'athena:GetWorkGroup',
        'athena:ListNamedQueries',
        'athena:StartQueryExecution',
        'athena:StopQueryExecution',
      ],
      'glue catalog': ['glue:GetDatabase', 'glue:GetTable'],
      'glue database/audit': ['glue:GetDatabase', 'glue:GetTable'],
      'glue database/default': ['glue:GetDatabase', 'glue:GetTable'],
      'glue table/audit/calls': ['glue:GetTable'],
    });
  });

  it('is whom IAM lets in the account, and nobody of another', async () => {
    const role = world.resource(`${stack}/Auditor`);
    expect(await world.administrator().may('sts:AssumeRole', role)).toBeAllowed();
    for (const caller of [world.stranger(), world.outsider(), world.anybody(), world.service(cloudTrail)]) {
      expect(await caller.may('sts:AssumeRole', role)).toBeDenied();
    }
  });
});

it('the role of the trail writes to the log, and does nothing else', async () => {
  expect(await reachOf(world.resource(`${stack}/Changes/LogRole`), world)).toEqual({
    [log.path]: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  });
});
