import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { PublishCommand } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { eventually } from '../emulators/endpoint-under-test.ts';
import { attributeOf, notesOn, ProvisionedStacks, refTo } from './provisioned-stacks.ts';

const stacks = new ProvisionedStacks();
const clients: S3Client[] = [];

afterAll(async () => {
  for (const client of clients) client.destroy();
  await stacks.stop();
});

const processing = (...Processors: object[]) => ({ Enabled: true, Processors });
const extraction = (query: string) => ({
  Type: 'MetadataExtraction',
  Parameters: [
    { ParameterName: 'MetadataExtractionQuery', ParameterValue: query },
    { ParameterName: 'JsonParsingEngine', ParameterValue: 'JQ-1.6' },
  ],
});

const stream = (destination: object, properties: object = {}) => ({
  Type: 'AWS::KinesisFirehose::DeliveryStream',
  Properties: {
    ExtendedS3DestinationConfiguration: {
      BucketARN: attributeOf('Kept'),
      RoleARN: 'arn:made-up',
      ...destination,
    },
    ...properties,
  },
});

const filed = {
  Prefix: 'events/date=!{timestamp:yyyy-MM-dd}/type=!{partitionKeyFromQuery:type}/',
  ErrorOutputPrefix: 'errors/!{firehose:error-output-type}/',
  CompressionFormat: 'GZIP',
  BufferingHints: { IntervalInSeconds: 60, SizeInMBs: 64 },
  ProcessingConfiguration: processing(extraction('{type:.Message|fromjson|.event_type}'), {
    Type: 'AppendDelimiterToRecord',
  }),
};

const subscription = (RawMessageDelivery: boolean) => ({
  Type: 'AWS::SNS::Subscription',
  Properties: {
    TopicArn: refTo('Topic'),
    Protocol: 'firehose',
    Endpoint: attributeOf('Archive'),
    SubscriptionRoleArn: 'arn:made-up',
    RawMessageDelivery,
    RedrivePolicy: { deadLetterTargetArn: attributeOf('Undelivered') },
  },
});

const around = {
  Topic: { Type: 'AWS::SNS::Topic', Properties: {} },
  Kept: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'kept' } },
  Undelivered: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'undelivered' } },
};

async function objectsOf(endpoint: string): Promise<readonly { key: string; text: string }[]> {
  const s3 = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  clients.push(s3);
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'kept' }));
  return Promise.all(
    Contents.map(async ({ Key = '' }) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'kept', Key }));
      const content = (await Body?.transformToByteArray()) ?? new Uint8Array();
      return {
        key: Key,
        text: (Key.endsWith('.gz') ? gunzipSync(content) : Buffer.from(content)).toString(),
      };
    }),
  );
}

describe('AWS::KinesisFirehose::DeliveryStream', () => {
  it('writes what a topic publishes into its bucket, with what SNS says of it and no signature', async () => {
    const { cloud, sns } = await stacks.ofResources({
      ...around,
      Archive: stream(filed),
      To: subscription(false),
    });
    const TopicArn = cloud.resource('Topic')?.ref;
    const { MessageId } = await sns.send(
      new PublishCommand({
        TopicArn,
        Message: '{"event_type":"order_placed"}',
        MessageAttributes: { eventType: { DataType: 'String', StringValue: 'order_placed' } },
      }),
    );
    await sns.send(new PublishCommand({ TopicArn, Message: 'no json' }));

    const objects = await eventually(async () => {
      const found = await objectsOf(cloud.endpoint);
      return found.length === 2 && found;
    });

    const [failed, kept] = [...objects].sort((a, b) => a.key.localeCompare(b.key));
    expect(failed?.key).toMatch(/^errors\/processing-failed\/shop-Archive-1-.*\.gz$/);
    expect(kept?.key).toMatch(/^events\/date=\d{4}-\d\d-\d\d\/type=order_placed\/shop-Archive-1-.*\.gz$/);
    expect(kept?.text.endsWith('\n')).toBe(true);
    expect(JSON.parse(kept?.text ?? '')).toEqual({
      Type: 'Notification',
      MessageId,
      TopicArn,
      Message: '{"event_type":"order_placed"}',
      Timestamp: expect.any(String),
      UnsubscribeURL: expect.any(String),
      MessageAttributes: { eventType: { Type: 'String', Value: 'order_placed' } },
    });
  });

  it('writes the message alone with raw delivery, by the hour and as it is without further settings', async () => {
    const { cloud, sns } = await stacks.ofResources({
      ...around,
      Archive: stream({ BufferingHints: { IntervalInSeconds: 60, SizeInMBs: 5 }, Prefix: 'all/' }),
      To: subscription(true),
    });
    await sns.send(new PublishCommand({ TopicArn: cloud.resource('Topic')?.ref, Message: 'hello' }));

    const [object] = await eventually(async () => {
      const found = await objectsOf(cloud.endpoint);
      return found.length === 1 && found;
    });
    expect(object?.key).toMatch(/^all\/\d{4}\/\d\d\/\d\d\/\d\d\/shop-Archive-1-[^.]*$/);
    expect(object?.text).toBe('hello');
  });

  it.each<[string, object, string]>([
    [
      'a query that is not understood',
      stream({ ...filed, ProcessingConfiguration: processing(extraction('{type:.items[0]}')) }),
      'does not run here: .items[0] is neither a path of fields nor fromjson',
    ],
    [
      'a function that transforms',
      stream({ ...filed, ProcessingConfiguration: processing({ Type: 'Lambda' }) }),
      'does not run here: processing by Lambda is not there',
    ],
    [
      'a prefix that is not understood',
      stream({ ...filed, Prefix: 'events/!{timestamp:EEEE}/' }),
      'does not run here: !{timestamp:EEEE} is not understood',
    ],
    [
      'another source than records',
      stream(filed, { DeliveryStreamType: 'KinesisStreamAsSource' }),
      'does not run here: it does not take records itself into a bucket',
    ],
  ])('is noted with %s, and its deliveries end in the DLQ', async (_, archive, note) => {
    const { cloud, sns, sqs } = await stacks.ofResources({
      ...around,
      Archive: archive,
      To: subscription(false),
    });
    expect(notesOn(cloud, 'Archive')).toEqual([note]);

    await sns.send(new PublishCommand({ TopicArn: cloud.resource('Topic')?.ref, Message: '{}' }));

    const message = await eventually(async () => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: cloud.resource('Undelivered')?.ref,
          MessageAttributeNames: ['All'],
        }),
      );
      return Messages[0];
    });
    expect(message.MessageAttributes?.ErrorMessage?.StringValue).toMatch(
      /^The delivery stream .* does not run here\.$/,
    );
  });
});
