import type { DeployedResource } from '../app/deployed-stack.ts';
import { arnParts } from '../app/place.ts';
import type { Edge } from '../edge.ts';
import type { Proof } from '../questions.ts';
import { rolePath } from '../role-path.ts';
import { byRole, unknownDelivery } from './finder.ts';

interface S3Destination {
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

/** A stream writes into its bucket, and into that of its backup, under the role of each. */
export function firehoseEdges(stream: DeployedResource, proof: Proof): readonly Edge[] {
  const destination = (stream.property('ExtendedS3DestinationConfiguration') ??
    stream.property('S3DestinationConfiguration')) as S3Destination | undefined;
  const source = stream.property('KinesisStreamSourceConfiguration') as
    | { readonly KinesisStreamARN?: unknown; readonly RoleARN?: unknown }
    | undefined;
  const service = 'firehose.amazonaws.com';
  const written = [destination, destination?.S3BackupConfiguration].filter(into => into !== undefined);
  const kinesis = proof.app.referredTo(source?.KinesisStreamARN);
  return [
    ...otherDestinations
      .filter(name => stream.property(name) !== undefined)
      .map(name => unknownDelivery(stream, 'Firehose', name)),
    ...written.map(({ BucketARN, RoleARN }) =>
      byRole(proof, { kind: 'Firehose', by: stream, from: stream.path, role: RoleARN, service }, BucketARN),
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
              calls: ['DescribeStream', 'GetRecords', 'GetShardIterator'].map(action => ({
                action: `kinesis:${action}`,
                target: kinesis,
              })),
            }),
          ]
        : [unknownDelivery(stream, 'Firehose source', arnParts(source.KinesisStreamARN)?.resource)]),
  ];
}
