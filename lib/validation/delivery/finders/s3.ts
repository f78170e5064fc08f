import type { DeployedResource } from '../app/deployed-stack.ts';
import { type Edge, unseenEdge } from '../edge.ts';
import type { Proof } from '../questions.ts';
import { servicePath } from '../service-path.ts';
import { byService, outside, sourceFrom, sourceNamed } from './finder.ts';

type Configurations = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[] | undefined>>;

/** Where a bucket's notifications go, by the lists that say so; a custom resource calls them by ARN. */
const destinations: Readonly<Record<string, readonly string[]>> = {
  LambdaConfigurations: ['Function'],
  LambdaFunctionConfigurations: ['LambdaFunctionArn'],
  QueueConfigurations: ['Queue', 'QueueArn'],
  TopicConfigurations: ['Topic', 'TopicArn'],
};

export function bucketEdges(bucket: DeployedResource, proof: Proof): readonly Edge[] {
  const logging = bucket.property('LoggingConfiguration') as
    | { readonly DestinationBucketName?: unknown; readonly LogFilePrefix?: unknown }
    | undefined;
  return [
    ...notificationEdges(bucket, bucket, proof),
    ...(logging?.DestinationBucketName === undefined
      ? []
      : [accessLogEdge(bucket, logging.DestinationBucketName, String(logging.LogFilePrefix ?? ''), proof)]),
  ];
}

/** Notifications of a bucket that a custom resource sets. */
export function customNotificationEdges(custom: DeployedResource, proof: Proof): readonly Edge[] {
  const bucket = proof.app.referredTo(custom.property('BucketName'));
  if (bucket) return notificationEdges(custom, bucket, proof);
  const name = custom.property('BucketName');
  return notificationEdges(custom, undefined, proof, `arn:aws:s3:::${String(name)}`);
}

function notificationEdges(
  by: DeployedResource,
  bucket: DeployedResource | undefined,
  proof: Proof,
  bucketArn?: string,
): readonly Edge[] {
  const configurations = (by.property('NotificationConfiguration') ?? {}) as Configurations;
  const source = bucket ? sourceFrom(bucket) : sourceNamed(bucketArn, by, proof);
  const targets = Object.entries(destinations).flatMap(([list, names]) =>
    (configurations[list] ?? []).map(entry =>
      names.map(name => entry[name]).find(value => value !== undefined),
    ),
  );
  // Each event is a configuration of its own, to the same destination.
  return [...new Set(targets)].map(target =>
    byService(proof, { kind: 'S3 notification', by, service: 's3.amazonaws.com', source }, target),
  );
}

function accessLogEdge(bucket: DeployedResource, to: unknown, prefix: string, proof: Proof): Edge {
  const kind = 'S3 access log';
  const target = proof.app.referredTo(to);
  if (!target) {
    return unseenEdge(
      { kind, by: bucket, from: bucket.path, to: outside(to) },
      'the bucket of the logs is not in this app',
      'Let it admit logging.s3.amazonaws.com for this bucket, then acknowledge the finding.',
    );
  }
  return servicePath(proof, {
    kind,
    by: bucket,
    service: 'logging.s3.amazonaws.com',
    source: sourceFrom(bucket),
    target,
    calls: [{ action: 's3:PutObject', arn: `${target.arn}/${prefix}made-up` }],
    // S3 writes access logs under its own key only, whatever the bucket's default.
    ignoresKey: true,
  });
}
