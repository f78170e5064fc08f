import { PutObjectCommand } from '@aws-sdk/client-s3';
import { ACCOUNT_ID } from '../assembly/cloud-assembly.ts';
import type { ResourceDeclaration } from '../assembly/resource.ts';
import type { DeliveryStreamSpec } from '../emulators/firehose/delivery-stream.ts';
import { ObjectPrefix, UnsupportedPrefix } from '../emulators/firehose/object-prefix.ts';
import { PartitionKeys, UnsupportedQuery } from '../emulators/firehose/partition-keys.ts';
import { physicalName } from './physical-name.ts';
import type { ResourceProvider } from './provider.ts';
import type { LocalServices } from './services.ts';

/** @see https://docs.aws.amazon.com/firehose/latest/APIReference/API_CreateDeliveryStream.html */
const NAME_LIMIT = 64;

/** As alarms look at periods that are so many times shorter, so do records wait for others. */
const TIMES_SHORTER = 60;

const DEFAULT_INTERVAL_SECONDS = 300;
const DEFAULT_SIZE_MIB = 5;

interface Processor {
  readonly Type: string;
  readonly Parameters?: readonly { readonly ParameterName: string; readonly ParameterValue: string }[];
}

interface Destination {
  readonly BucketARN: string;
  readonly Prefix?: string;
  readonly ErrorOutputPrefix?: string;
  readonly CompressionFormat?: string;
  readonly BufferingHints?: { readonly IntervalInSeconds?: number; readonly SizeInMBs?: number };
  readonly ProcessingConfiguration?: {
    readonly Enabled?: boolean;
    readonly Processors?: readonly Processor[];
  };
}

export const deliveryStreamProvider: ResourceProvider = {
  type: 'AWS::KinesisFirehose::DeliveryStream',
  phase: 'stores',
  identify(resource) {
    return { ref: nameOf(resource), attributes: { Arn: arnOf(resource) } };
  },
  async provision(resource, services) {
    const destination = resource.property('ExtendedS3DestinationConfiguration') as Destination | undefined;
    const source = resource.property('DeliveryStreamType') ?? 'DirectPut';
    if (destination === undefined || source !== 'DirectPut') {
      services.note(resource, 'does not run here: it does not take records itself into a bucket');
      return;
    }
    try {
      run(resource, destination, services);
    } catch (fault) {
      if (!(fault instanceof UnsupportedQuery || fault instanceof UnsupportedPrefix)) throw fault;
      services.note(resource, `does not run here: ${fault.message}`);
    }
  },
};

function run(resource: ResourceDeclaration, destination: Destination, services: LocalServices): void {
  const { Enabled = true, Processors = [] } = destination.ProcessingConfiguration ?? {};
  const processors = Enabled ? Processors : [];
  for (const { Type } of processors) {
    if (!['MetadataExtraction', 'AppendDelimiterToRecord'].includes(Type)) {
      throw new UnsupportedQuery(`processing by ${Type} is not there`);
    }
  }
  const query = parameterOf(processors, 'MetadataExtraction', 'MetadataExtractionQuery');
  const { Prefix = '', ErrorOutputPrefix = '', BufferingHints = {} } = destination;
  const { IntervalInSeconds = DEFAULT_INTERVAL_SECONDS, SizeInMBs = DEFAULT_SIZE_MIB } = BufferingHints;
  const spec: DeliveryStreamSpec = {
    name: nameOf(resource),
    arn: arnOf(resource),
    prefix: new ObjectPrefix(Prefix),
    errorPrefix: new ObjectPrefix(ErrorOutputPrefix),
    ...(query === undefined ? {} : { partitionKeys: new PartitionKeys(query) }),
    delimiter: processors.some(({ Type }) => Type === 'AppendDelimiterToRecord') ? '\n' : '',
    compressed: destination.CompressionFormat === 'GZIP',
    bufferMs: (IntervalInSeconds * 1_000) / TIMES_SHORTER,
    bufferBytes: SizeInMBs * 1_048_576,
  };
  const Bucket = destination.BucketARN.split(':').at(-1);
  services.deliveryStreams.add(spec, async (Key, Body) => {
    await services.clients.s3(resource.region).send(new PutObjectCommand({ Bucket, Key, Body }));
  });
}

function parameterOf(processors: readonly Processor[], type: string, name: string): string | undefined {
  return processors
    .find(({ Type }) => Type === type)
    ?.Parameters?.find(({ ParameterName }) => ParameterName === name)?.ParameterValue;
}

function nameOf(resource: ResourceDeclaration): string {
  return physicalName(resource, resource.property('DeliveryStreamName'), { limit: NAME_LIMIT });
}

function arnOf(resource: ResourceDeclaration): string {
  return `arn:aws:firehose:${resource.region}:${ACCOUNT_ID}:deliverystream/${nameOf(resource)}`;
}
