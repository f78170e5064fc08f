import type { DeployedResource } from '../app/deployed-stack.ts';
import { type Edge, unseenEdge } from '../edge.ts';
import type { Call, Proof } from '../questions.ts';
import { rolePath } from '../role-path.ts';
import { servicePath } from '../service-path.ts';
import { byService, outside, sourceFrom } from './finder.ts';

const service = 'cloudtrail.amazonaws.com';

/** @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html */
export function trailEdges(trail: DeployedResource, proof: Proof): readonly Edge[] {
  const topic = trail.property('SnsTopicName');
  const logGroup = trail.property('CloudWatchLogsLogGroupArn');
  return [
    bucketEdge(trail, proof),
    ...(topic === undefined
      ? []
      : [byService(proof, { kind: 'CloudTrail', by: trail, service, source: sourceFrom(trail) }, topic)]),
    ...(logGroup === undefined ? [] : [logGroupEdge(trail, logGroup, proof)]),
  ];
}

function bucketEdge(trail: DeployedResource, proof: Proof): Edge {
  const kind = 'CloudTrail';
  const bucketName = trail.property('S3BucketName');
  const bucket = proof.app.referredTo(bucketName);
  const ends = { kind, by: trail, from: trail.path, to: bucket?.path ?? outside(bucketName) };
  const keyReference = trail.property('KMSKeyId');
  const key = proof.app.referredTo(keyReference);
  if (!bucket || (keyReference !== undefined && !key)) {
    return unseenEdge(
      ends,
      `${bucket ? `its key ${outside(keyReference)}` : 'its bucket'} is not in this app`,
      'Let bucket and key admit CloudTrail for this trail, then acknowledge the finding.',
    );
  }
  const prefix = trail.property('S3KeyPrefix');
  const folder = `${prefix === undefined ? '' : `${String(prefix)}/`}AWSLogs/${trail.account}`;
  const encrypts: Call[] = key
    ? [
        {
          action: 'kms:GenerateDataKey',
          target: key,
          context: { 'kms:EncryptionContext:aws:cloudtrail:arn': trail.arn },
        },
      ]
    : [];
  return servicePath(proof, {
    kind,
    by: trail,
    service,
    source: sourceFrom(trail),
    target: bucket,
    calls: [
      { action: 's3:GetBucketAcl' },
      {
        action: 's3:PutObject',
        arn: `${bucket.arn}/${folder}/made-up`,
        context: { 's3:x-amz-acl': 'bucket-owner-full-control' },
      },
    ],
    moreCalls: encrypts,
    // With a key of its own, the trail encrypts before it delivers.
    ignoresKey: key !== undefined,
  });
}

function logGroupEdge(trail: DeployedResource, reference: unknown, proof: Proof): Edge {
  const group = proof.app.referredTo(reference);
  const ends = { kind: 'CloudTrail', by: trail, from: trail.path, to: group?.path ?? outside(reference) };
  if (!group)
    return unseenEdge(ends, 'its log group is not in this app', 'Give the trail a log group of the app.');
  const { account, region } = trail;
  return rolePath(proof, {
    ...ends,
    role: trail.property('CloudWatchLogsRoleArn'),
    service,
    calls: ['logs:CreateLogStream', 'logs:PutLogEvents'].map(action => ({
      action,
      target: group,
      arn: `${group.arn}:log-stream:${account}_CloudTrail_${region}`,
    })),
  });
}
