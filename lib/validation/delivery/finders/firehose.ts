import type { DeployedResource } from '../app/deployed-stack.ts';
import { arnParts } from '../app/place.ts';
import type { Edge } from '../edge.ts';
import type { Proof } from '../questions.ts';
import { rolePath } from '../role-path.ts';
import { byRole, unknownDelivery } from './finder.ts';

interface S3Destination {
  readonly Prefix?: unknown;
  readonly ErrorOutputPrefix?: unknown;
  readonly BucketARN?: unknown;
  readonly RoleARN?: unknown;
  readonly S3BackupConfiguration?: S3Destination;
}

const otherDestinations = [
  'AmazonOpenSearchServerlessDestinationConfiguration',
  'AmazonopensearchserviceDestinationConfiguration',
  'ElasticsearchDestinationConfiguration',
  'HttpEndpointDestinationConfiguration',
  'IcebergDestinationConfiguration',
  'RedshiftDestinationConfiguration',
  'SnowflakeDestinationConfiguration',
  'SplunkDestinationConfiguration',
];

/** What a key begins with before Data Firehose puts in what it knows when it writes. */
function beginningOf(prefix: unknown): string {
  return typeof prefix === 'string' ? (prefix.split('!{')[0] ?? '') : '';
}

/** Objects that a stream writes: what was delivered, and what could not be processed. */
function objectsOf({ Prefix, ErrorOutputPrefix }: S3Destination): readonly string[] {
  return [...new Set([beginningOf(Prefix), beginningOf(ErrorOutputPrefix ?? Prefix)])].map(
    beginning => `${beginning}made-up`,
  );
}

/** A stream writes into its bucket, and into that of its backup, under the role of each. */
export function firehoseEdges(stream: DeployedResource, proof: Proof): readonly Edge[] {
  const destination = (stream.property('ExtendedS3DestinationConfiguration') ??
    stream.property('S3DestinationConfiguration')) as S3Destination | undefined;
  const source = stream.property('KinesisStreamSourceConfiguration') as
    | { readonly KinesisStreamARN?: unknown; readonly RoleARN?: unknown }
    | undefined;
  const service = 'firehose.amazonaws.com';
  const assumedWith = { 'sts:ExternalId': stream.account };
  const written = [destination, destination?.S3BackupConfiguration].filter(into => into !== undefined);
  const kinesis = proof.app.referredTo(source?.KinesisStreamARN);
  return [
    ...otherDestinations
      .filter(name => stream.property(name) !== undefined)
      .map(name => unknownDelivery(stream, 'Firehose', name)),
    ...written.map(destination =>
      byRole(
        proof,
        {
          kind: 'Firehose',
          by: stream,
          from: stream.path,
          role: destination.RoleARN,
          service,
          assumedWith,
          objects: objectsOf(destination),
        },
        destination.BucketARN,
      ),
    ),
    ...(source === undefined
      ? []
      : kinesis
        ? [
            rolePath(proof, {
              kind: 'Firehose source',
              by: stream,
              from: kinesis.path,
              to: stream.path,
              role: source.RoleARN,
              service,
              assumedWith,
              calls: ['DescribeStream', 'GetRecords', 'GetShardIterator'].map(action => ({
                action: `kinesis:${action}`,
                target: kinesis,
              })),
            }),
          ]
        : [unknownDelivery(stream, 'Firehose source', arnParts(source.KinesisStreamARN)?.resource)]),
  ];
}
