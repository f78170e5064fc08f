import { archivedEvents, errorsFolder } from '../../../contracts/event-archive.ts';
import { proveDeliveries } from '../../../lib/validation/delivery/delivery-proof.ts';
import { referredId, resourcesOfType } from '../../support/stack-template.ts';
import { type ResourceJson, systemTemplate, type TemplateJson } from '../../support/synthesized-app.ts';
import { templateDifferences, templatePicture } from '../../support/template-snapshot.ts';

const system = 'event-archive';
const orders = 'arn:aws:sns:eu-west-1:111122223333:orders';
const dev = systemTemplate(system, 'dev');
const prod = systemTemplate(system, 'prod');
const ofOthers = systemTemplate(system, 'dev', { archivedTopicArn: orders });
const streaming = systemTemplate(system, 'dev', { eventStream: 'on-demand' });

type Properties = ResourceJson['Properties'];

/** The resource of a type for which something holds; there must be one. */
function only(template: TemplateJson, type: string, holds: (properties: Properties) => boolean = () => true) {
  const found = resourcesOfType(template, type).filter(([, { Properties }]) => holds(Properties));
  const [first] = found;
  if (!first || found.length > 1) throw new Error(`Expected one such ${type}, found ${found.length}`);
  return { id: first[0], properties: first[1].Properties, dependsOn: first[1].DependsOn };
}

const queueOf = (template: TemplateJson, name: string) =>
  only(template, 'AWS::SQS::Queue', ({ QueueName }) => QueueName === `${system}-${name}`);
const archiveOf = (template: TemplateJson) =>
  only(template, 'AWS::S3::Bucket', ({ BucketName }) =>
    JSON.stringify(BucketName ?? '').includes(`${system}-archive-events-`),
  );
const streamOf = (template: TemplateJson) => only(template, 'AWS::KinesisFirehose::DeliveryStream');
const subscriptionOf = (template: TemplateJson) =>
  only(template, 'AWS::SNS::Subscription', ({ Protocol }) => Protocol === 'firehose');
const destinationOf = (template: TemplateJson) =>
  streamOf(template).properties.ExtendedS3DestinationConfiguration as Record<string, unknown>;
const lifecycleOf = (template: TemplateJson) =>
  (archiveOf(template).properties.LifecycleConfiguration as { Rules: { Id: string }[] }).Rules.filter(
    ({ Id }) => ['Expire', 'Transition'].includes(Id),
  );

const topic = only(dev, 'AWS::SNS::Topic', ({ DisplayName }) => DisplayName === undefined);

describe('the subscription', () => {
  const { properties } = subscriptionOf(dev);

  it('brings the events of the contract from the topic into the stream, with what SNS says of them', () => {
    expect(properties).toMatchObject({
      TopicArn: { Ref: topic.id },
      Endpoint: { 'Fn::GetAtt': [streamOf(dev).id, 'Arn'] },
      FilterPolicy: { eventType: archivedEvents.types },
      RawMessageDelivery: false,
    });
  });

  it('delivers under a role that SNS alone takes, and is there before it', () => {
    const roleId = referredId(properties.SubscriptionRoleArn) ?? '';
    expect(dev.Resources[roleId]?.Properties.AssumeRolePolicyDocument).toMatchObject({
      Statement: [{ Action: 'sts:AssumeRole', Principal: { Service: 'sns.amazonaws.com' } }],
    });
    expect(subscriptionOf(dev).dependsOn).toContain(roleId);
  });

  it('leaves what the stream does not take in a DLQ of its own', () => {
    expect(properties.RedrivePolicy).toEqual({
      deadLetterTargetArn: {
        'Fn::GetAtt': [queueOf(dev, 'archive-subscription-undelivered-order-events').id, 'Arn'],
      },
    });
  });
});

describe('the stream', () => {
  it('writes under date and type, compressed, a line for each event', () => {
    expect(destinationOf(dev)).toMatchObject({
      BucketARN: { 'Fn::GetAtt': [archiveOf(dev).id, 'Arn'] },
      Prefix: 'events/date=!{timestamp:yyyy-MM-dd}/type=!{partitionKeyFromQuery:event_type}/',
      ErrorOutputPrefix: 'errors/!{firehose:error-output-type}/date=!{timestamp:yyyy-MM-dd}/',
      CompressionFormat: 'GZIP',
      DynamicPartitioningConfiguration: { Enabled: true },
      ProcessingConfiguration: {
        Enabled: true,
        Processors: [
          {
            Type: 'MetadataExtraction',
            Parameters: [
              {
                ParameterName: 'MetadataExtractionQuery',
                ParameterValue: '{event_type:.Message|fromjson|.event_type}',
              },
              { ParameterName: 'JsonParsingEngine', ParameterValue: 'JQ-1.6' },
            ],
          },
          {
            Type: 'AppendDelimiterToRecord',
            Parameters: [{ ParameterName: 'Delimiter', ParameterValue: '\\n' }],
          },
        ],
      },
    });
  });

  it.each([
    ['dev', dev, 60],
    ['prod', prod, 300],
  ])('gathers events for as long as %s says', (_, template, seconds) => {
    expect(destinationOf(template).BufferingHints).toEqual({ IntervalInSeconds: seconds, SizeInMBs: 64 });
  });

  it('is under a key that is neither the topic’s, nor the queues’, nor the bucket’s', () => {
    const encryption = streamOf(dev).properties.DeliveryStreamEncryptionConfigurationInput as {
      KeyARN: unknown;
      KeyType: string;
    };
    const bucketKey = (
      archiveOf(dev).properties.BucketEncryption as {
        ServerSideEncryptionConfiguration: { ServerSideEncryptionByDefault: { KMSMasterKeyID: unknown } }[];
      }
    ).ServerSideEncryptionConfiguration[0]?.ServerSideEncryptionByDefault.KMSMasterKeyID;
    const keys = [
      encryption.KeyARN,
      bucketKey,
      topic.properties.KmsMasterKeyId,
      queueOf(dev, 'unreadable').properties.KmsMasterKeyId,
    ].map(referredId);
    expect(encryption.KeyType).toBe('CUSTOMER_MANAGED_CMK');
    expect(new Set(keys).size).toBe(4);
  });

  it('takes its role as this account alone, and after the role may write', () => {
    const roleId = referredId(destinationOf(dev).RoleARN) ?? '';
    expect(dev.Resources[roleId]?.Properties.AssumeRolePolicyDocument).toMatchObject({
      Statement: [
        {
          Principal: { Service: 'firehose.amazonaws.com' },
          Condition: { StringEquals: { 'sts:ExternalId': { Ref: 'AWS::AccountId' } } },
        },
      ],
    });
    const [policyId = ''] =
      resourcesOfType(dev, 'AWS::IAM::Policy').find(([, { Properties }]) =>
        (Properties.Roles as unknown[]).some(role => referredId(role) === roleId),
      ) ?? [];
    expect(streamOf(dev).dependsOn).toEqual(expect.arrayContaining([roleId, policyId]));
  });

  it('tells of deliveries that fail in a log that it may write to', () => {
    const { LogGroupName, LogStreamName, Enabled } = destinationOf(dev).CloudWatchLoggingOptions as Record<
      string,
      unknown
    >;
    expect(Enabled).toBe(true);
    const group = only(dev, 'AWS::Logs::LogGroup');
    expect(referredId(LogGroupName)).toBe(group.id);
    expect(dev.Resources[referredId(LogStreamName) ?? '']?.Properties.LogGroupName).toEqual({
      Ref: group.id,
    });
  });
});

describe('the bucket', () => {
  it('lets dev go after a month', () => {
    expect(lifecycleOf(dev)).toEqual([{ Id: 'Expire', Status: 'Enabled', ExpirationInDays: 30 }]);
  });

  it('keeps prod for seven years, ever cheaper', () => {
    expect(lifecycleOf(prod)).toEqual([
      { Id: 'Expire', Status: 'Enabled', ExpirationInDays: 2_557 },
      {
        Id: 'Transition',
        Status: 'Enabled',
        Transitions: [
          { StorageClass: 'GLACIER_IR', TransitionInDays: 90 },
          { StorageClass: 'DEEP_ARCHIVE', TransitionInDays: 365 },
        ],
      },
    ]);
  });

  it('tells a queue of what could not be filed, which alarms at the first', () => {
    const { QueueConfigurations } = archiveOf(dev).properties.NotificationConfiguration as {
      QueueConfigurations: { Event: unknown; Queue: unknown; Filter: unknown }[];
    };
    const unreadable = queueOf(dev, 'unreadable');
    expect(QueueConfigurations.map(({ Queue }) => referredId(Queue))).toEqual([unreadable.id]);
    expect(QueueConfigurations[0]?.Event).toBe('s3:ObjectCreated:*');
    expect(QueueConfigurations[0]?.Filter).toEqual({
      S3Key: { Rules: [{ Name: 'prefix', Value: errorsFolder }] },
    });
    const watched = resourcesOfType(dev, 'AWS::CloudWatch::Alarm').filter(
      ([, { Properties }]) =>
        Properties.Threshold === 1 && JSON.stringify(Properties.Dimensions).includes(`"${unreadable.id}"`),
    );
    expect(watched).toHaveLength(1);
  });
});

it('goes off when nothing has come into the bucket for the time of a buffer and a quarter of an hour', () => {
  for (const [template, threshold] of [
    [dev, 960],
    [prod, 1_200],
  ] as const) {
    const alarm = only(
      template,
      'AWS::CloudWatch::Alarm',
      ({ MetricName }) => MetricName === 'DeliveryToS3.DataFreshness',
    );
    expect(alarm.properties).toMatchObject({
      Namespace: 'AWS/Firehose',
      Dimensions: [{ Name: 'DeliveryStreamName', Value: { Ref: streamOf(template).id } }],
      Statistic: 'Maximum',
      Threshold: threshold,
    });
  }
});

describe('with the topic of another stack', () => {
  it('subscribes to it, and has none of its own', () => {
    expect(subscriptionOf(ofOthers).properties.TopicArn).toBe(orders);
    expect(resourcesOfType(ofOthers, 'AWS::SNS::Topic')).toHaveLength(1);
    expect(ofOthers.Outputs?.ArchivedTopicArn?.Value).toBe(orders);
  });

  it('lets SNS use the key of the DLQ for that topic, and has an alarm of what waits there', () => {
    const dlq = queueOf(ofOthers, 'archive-subscription-undelivered-order-events');
    const key = ofOthers.Resources[referredId(dlq.properties.KmsMasterKeyId) ?? ''];
    expect(JSON.stringify(key?.Properties.KeyPolicy)).toContain(`"ArnLike":{"aws:SourceArn":"${orders}"}`);
    expect(
      resourcesOfType(ofOthers, 'AWS::CloudWatch::Alarm').filter(([, { Properties }]) =>
        JSON.stringify(Properties.Dimensions).includes(`"${dlq.id}"`),
      ),
    ).toHaveLength(1);
  });
});

describe('with a data stream', () => {
  const pipe = only(streaming, 'AWS::Pipes::Pipe');
  const stream = only(streaming, 'AWS::Kinesis::Stream');

  it('fills it with the events of a queue, an order’s on one shard', () => {
    expect(pipe.properties).toMatchObject({
      Source: { 'Fn::GetAtt': [queueOf(streaming, 'streamed').id, 'Arn'] },
      Target: { 'Fn::GetAtt': [stream.id, 'Arn'] },
      TargetParameters: {
        InputTemplate: '<$.body>',
        KinesisStreamParameters: { PartitionKey: '$.body.order_id' },
      },
    });
    expect(stream.properties).toMatchObject({
      RetentionPeriodHours: 24,
      StreamModeDetails: { StreamMode: 'ON_DEMAND' },
      StreamEncryption: { EncryptionType: 'KMS' },
    });
  });

  it('has every delivery proven, from the topic to the shard', () => {
    const verdicts = proveDeliveries([{ name: system, template: streaming }]);
    expect(verdicts.flatMap(({ findings }) => findings)).toEqual([]);
    const kinds = verdicts.map(({ edge }) => edge.kind);
    expect(kinds).toEqual(
      expect.arrayContaining(['SNS subscription (firehose)', 'Firehose', 'Pipe source', 'Pipe target']),
    );
  });

  it.each([dev, prod])('has none unless the stage wants it', template => {
    expect(resourcesOfType(template, 'AWS::Kinesis::Stream')).toEqual([]);
    expect(resourcesOfType(template, 'AWS::Pipes::Pipe')).toEqual([]);
  });
});

it('says what a publisher, an operator and a replay need', () => {
  expect(Object.keys(dev.Outputs ?? {}).sort()).toEqual([
    'AlarmTopicArn',
    'ArchiveBucketName',
    'ArchivedTopicArn',
    'DashboardUrl',
    'DeliveryStreamName',
    'DeployedStage',
    'UnreadableQueueUrl',
  ]);
  expect(dev.Outputs).toMatchObject({
    ArchivedTopicArn: { Value: { Ref: topic.id } },
    ArchiveBucketName: { Value: { Ref: archiveOf(dev).id } },
  });
  expect(Object.keys(prod.Outputs ?? {})).toEqual(Object.keys(dev.Outputs ?? {}));
});

describe('what it was when it was last looked at', () => {
  it('is what it is in dev', () => {
    expect(templatePicture(dev)).toMatchSnapshot();
  });

  it('is what differs in prod', () => {
    expect(templateDifferences(dev, prod)).toMatchSnapshot();
  });
});
