import { DescribeTableCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, ListQueueTagsCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import {
  attributeOf,
  notesOn,
  type ProvisionedCloud,
  ProvisionedStacks,
  refTo,
} from './provisioned-stacks.ts';

const stacks = new ProvisionedStacks();

afterAll(() => stacks.stop());

describe('AWS::SQS::Queue', () => {
  const queue = (Properties: object) => ({ Type: 'AWS::SQS::Queue', Properties });

  async function attributes({ cloud, sqs }: ProvisionedCloud, logicalId: string) {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: cloud.resource(logicalId)?.ref,
        AttributeNames: ['All'],
      }),
    );
    return Attributes;
  }

  it('gets the attributes of its template', async () => {
    const provisioned = await stacks.ofResources({
      Orders: queue({
        QueueName: 'orders',
        VisibilityTimeout: 3,
        MessageRetentionPeriod: 1_209_600,
        DelaySeconds: 7,
        ReceiveMessageWaitTimeSeconds: 20,
        MaximumMessageSize: 2048,
        KmsMasterKeyId: 'alias/key',
        KmsDataKeyReusePeriodSeconds: 600,
        RedrivePolicy: { deadLetterTargetArn: attributeOf('Dlq'), maxReceiveCount: 5 },
        Tags: [{ Key: 'system', Value: 'orders' }],
      }),
      Dlq: queue({ RedriveAllowPolicy: { redrivePermission: 'denyAll' }, SqsManagedSseEnabled: true }),
    });

    expect(await attributes(provisioned, 'Orders')).toMatchObject({
      QueueArn: 'arn:aws:sqs:us-east-1:000000000000:orders',
      VisibilityTimeout: '3',
      MessageRetentionPeriod: '1209600',
      DelaySeconds: '7',
      ReceiveMessageWaitTimeSeconds: '20',
      MaximumMessageSize: '2048',
      KmsMasterKeyId: 'alias/key',
      KmsDataKeyReusePeriodSeconds: '600',
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:shop-Dlq',
        maxReceiveCount: 5,
      }),
    });
    expect(await attributes(provisioned, 'Dlq')).toMatchObject({
      RedriveAllowPolicy: '{"redrivePermission":"denyAll"}',
      SqsManagedSseEnabled: 'true',
    });
    const { Tags } = await provisioned.sqs.send(
      new ListQueueTagsCommand({ QueueUrl: provisioned.cloud.resource('Orders')?.ref }),
    );
    expect(Tags).toEqual({ system: 'orders' });
  });

  it('is FIFO with the ending that its name then needs', async () => {
    const provisioned = await stacks.ofResources({
      Ledger: queue({
        FifoQueue: true,
        ContentBasedDeduplication: true,
        DeduplicationScope: 'messageGroup',
        FifoThroughputLimit: 'perMessageGroupId',
      }),
    });

    expect(await attributes(provisioned, 'Ledger')).toMatchObject({
      QueueArn: 'arn:aws:sqs:us-east-1:000000000000:shop-Ledger.fifo',
      FifoQueue: 'true',
      ContentBasedDeduplication: 'true',
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
    });
  });

  it('gets a shorter visibility timeout than it asks for, which is said', async () => {
    const provisioned = await stacks.ofResources(
      { Long: queue({ VisibilityTimeout: 90 }), Short: queue({ VisibilityTimeout: 2 }), Unset: queue({}) },
      {},
      { maxVisibilityTimeoutSeconds: 3 },
    );

    expect((await attributes(provisioned, 'Long'))?.VisibilityTimeout).toBe('3');
    expect((await attributes(provisioned, 'Short'))?.VisibilityTimeout).toBe('2');
    expect((await attributes(provisioned, 'Unset'))?.VisibilityTimeout).toBe('3');
    expect(notesOn(provisioned.cloud, 'Long')).toEqual(['visibility timeout 90 s is cut to 3 s here']);
    expect(notesOn(provisioned.cloud, 'Short')).toEqual([]);
  });

  it('keeps visibility timeouts to 5 seconds by default', async () => {
    const provisioned = await stacks.ofResources({ Long: queue({ VisibilityTimeout: 90 }) });

    expect((await attributes(provisioned, 'Long'))?.VisibilityTimeout).toBe('5');
  });

  it('is made in the region of its stack', async () => {
    const { cloud } = await stacks.ofResources({ Far: queue({}) }, { region: 'eu-west-1' });

    expect(cloud.resource('Far')?.attributes.Arn).toBe('arn:aws:sqs:eu-west-1:000000000000:shop-Far');
    expect(cloud.queues().map(({ arn }) => arn)).toEqual(['arn:aws:sqs:eu-west-1:000000000000:shop-Far']);
  });
});

describe('AWS::SNS::Topic', () => {
  const topic = (Properties: object = {}) => ({ Type: 'AWS::SNS::Topic', Properties });

  it('gets its attributes, tags and the subscriptions that stand in it', async () => {
    const { cloud, sns } = await stacks.ofResources({
      Orders: topic({
        DisplayName: 'Order events',
        FifoTopic: 'true',
        ContentBasedDeduplication: true,
        Tags: [{ Key: 'system', Value: 'orders' }],
        Subscription: [{ Protocol: 'sqs', Endpoint: attributeOf('Queue') }],
      }),
      Queue: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true } },
    });
    const TopicArn = cloud.resource('Orders')?.ref;

    const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
    const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
    const { Tags } = await sns.send(new ListTagsForResourceCommand({ ResourceArn: TopicArn }));

    expect(TopicArn).toBe('arn:aws:sns:us-east-1:000000000000:shop-Orders.fifo');
    expect(Attributes).toMatchObject({
      DisplayName: 'Order events',
      FifoTopic: 'true',
      ContentBasedDeduplication: 'true',
    });
    expect(Subscriptions).toMatchObject([
      { Protocol: 'sqs', Endpoint: 'arn:aws:sqs:us-east-1:000000000000:shop-Queue.fifo' },
    ]);
    expect(Tags).toEqual([{ Key: 'system', Value: 'orders' }]);
  });

  it('is subscribed to with filter, scope, raw delivery and dead-letter queue', async () => {
    const { cloud, sns } = await stacks.ofResources({
      Orders: topic({ TopicName: 'orders' }),
      Queue: { Type: 'AWS::SQS::Queue' },
      Subscription: {
        Type: 'AWS::SNS::Subscription',
        Properties: {
          TopicArn: refTo('Orders'),
          Protocol: 'sqs',
          Endpoint: attributeOf('Queue'),
          FilterPolicy: { eventType: ['order_placed'] },
          FilterPolicyScope: 'MessageBody',
          RawMessageDelivery: true,
          RedrivePolicy: { deadLetterTargetArn: attributeOf('Queue') },
        },
      },
    });
    const { Subscriptions: [subscription] = [] } = await sns.send(
      new ListSubscriptionsByTopicCommand({ TopicArn: cloud.resource('Orders')?.ref }),
    );

    const { Attributes } = await sns.send(
      new GetSubscriptionAttributesCommand({ SubscriptionArn: subscription?.SubscriptionArn }),
    );

    expect(Attributes).toMatchObject({
      FilterPolicy: '{"eventType":["order_placed"]}',
      FilterPolicyScope: 'MessageBody',
      RawMessageDelivery: 'true',
      RedrivePolicy: '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:shop-Queue"}',
    });
  });

  it('says which subscriptions are not delivered', async () => {
    const { cloud } = await stacks.ofResources({
      Alarms: topic(),
      Email: {
        Type: 'AWS::SNS::Subscription',
        Properties: { TopicArn: refTo('Alarms'), Protocol: 'email', Endpoint: 'ops@example.com' },
      },
    });

    expect(notesOn(cloud, 'Email')).toEqual(['email to ops@example.com is not delivered here']);
  });
});

describe.each(['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'])('%s', Type => {
  it('has its keys and indexes, and can be used at once', async () => {
    const { cloud, dynamoDb } = await stacks.ofResources({
      Payments: {
        Type,
        Properties: {
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: [
            { AttributeName: 'pk', KeyType: 'HASH' },
            { AttributeName: 'sk', KeyType: 'RANGE' },
          ],
          AttributeDefinitions: ['pk', 'sk', 'owner'].map(AttributeName => ({
            AttributeName,
            AttributeType: 'S',
          })),
          GlobalSecondaryIndexes: [
            {
              IndexName: 'by-owner',
              KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }],
              Projection: { ProjectionType: 'ALL' },
              WriteProvisionedThroughputSettings: {},
              ContributorInsightsSpecification: { Enabled: false },
            },
          ],
          TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
        },
      },
    });
    const TableName = cloud.resource('Payments')?.ref;
    const item = { pk: { S: 'order-1' }, sk: { S: 'payment' }, owner: { S: 'bob' } };

    await dynamoDb.send(new PutItemCommand({ TableName, Item: item }));
    const { Items } = await dynamoDb.send(
      new QueryCommand({
        TableName,
        IndexName: 'by-owner',
        KeyConditionExpression: '#owner = :owner',
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: { ':owner': { S: 'bob' } },
      }),
    );

    expect(Items).toEqual([item]);
    expect(cloud.resource('Payments')).toMatchObject({
      ref: 'shop-Payments',
      attributes: { Arn: 'arn:aws:dynamodb:us-east-1:000000000000:table/shop-Payments' },
    });
    const { Table } = await dynamoDb.send(new DescribeTableCommand({ TableName }));
    expect(Table?.KeySchema?.map(({ AttributeName }) => AttributeName)).toEqual(['pk', 'sk']);
  });

  it('says that streams and replicas do not run', async () => {
    const { cloud } = await stacks.ofResources({
      Payments: {
        Type,
        Properties: {
          KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
          StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
          Replicas: [{ Region: 'us-east-1' }, { Region: 'eu-west-1' }],
        },
      },
    });

    expect(notesOn(cloud, 'Payments')).toEqual([
      'its stream does not run here',
      'its replicas do not run here; all regions share the one table',
    ]);
  });
});

describe('AWS::S3::Bucket', () => {
  const bucket = (Properties: object) => ({ Type: 'AWS::S3::Bucket', Properties });

  it('is there under a name that S3 takes', async () => {
    const { cloud } = await stacks.ofResources({ Uploads: bucket({}) });
    const uploads = cloud.resource('Uploads');

    const answer = await fetch(`${cloud.endpoint}/${uploads?.ref}/key`, { method: 'PUT', body: 'object' });

    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-amz-version-id')).toBeNull();
    expect(uploads).toMatchObject({ ref: 'shop-uploads', attributes: { Arn: 'arn:aws:s3:::shop-uploads' } });
    expect(notesOn(cloud, 'Uploads')).toEqual([]);
  });

  it('keeps versions where its template says so', async () => {
    const { cloud } = await stacks.ofResources({
      Uploads: bucket({ VersioningConfiguration: { Status: 'Enabled' } }),
    });

    const answer = await fetch(`${cloud.endpoint}/shop-uploads/key`, { method: 'PUT', body: 'object' });

    expect(answer.headers.get('x-amz-version-id')).toMatch(/^[\w-]{32}$/);
  });

  it('tells queues, and topics with all that subscribe to them, from its first moment on', async () => {
    const provisioned = await stacks.ofResources({
      Uploads: bucket({
        NotificationConfiguration: {
          QueueConfigurations: [
            {
              Event: 's3:ObjectCreated:*',
              Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'direct/' }] } },
              Queue: attributeOf('Direct'),
            },
          ],
          TopicConfigurations: [
            {
              Event: 's3:ObjectCreated:*',
              Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'fanned-out/' }] } },
              Topic: refTo('Topic'),
            },
          ],
        },
      }),
      Direct: { Type: 'AWS::SQS::Queue' },
      FannedOut: { Type: 'AWS::SQS::Queue' },
      Topic: { Type: 'AWS::SNS::Topic' },
      Subscription: {
        Type: 'AWS::SNS::Subscription',
        Properties: {
          TopicArn: refTo('Topic'),
          Protocol: 'sqs',
          Endpoint: attributeOf('FannedOut'),
          RawMessageDelivery: true,
        },
      },
    });
    for (const key of ['direct/a', 'fanned-out/a', 'elsewhere/a']) {
      await fetch(`${provisioned.cloud.endpoint}/shop-uploads/${key}`, { method: 'PUT', body: 'object' });
    }

    const told = async (logicalId: string) => {
      const QueueUrl = provisioned.cloud.resource(logicalId)?.ref;
      const { Messages = [] } = await provisioned.sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
      );
      return Messages.map(({ Body = '' }) => JSON.parse(Body) as Notification)
        .map(({ Event, Records }) => Event ?? Records?.[0]?.s3.object.key)
        .sort();
    };
    expect(await told('Direct')).toEqual(['direct/a', 's3:TestEvent']);
    expect(await told('FannedOut')).toEqual(['fanned-out/a', 's3:TestEvent']);
    expect(notesOn(provisioned.cloud, 'Uploads')).toEqual([]);
  });

  it('tells EventBridge, whose rules put it on a queue in words of their own', async () => {
    const provisioned = await stacks.ofResources({
      Uploads: bucket({
        BucketName: 'told-uploads',
        NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
      }),
      Told: { Type: 'AWS::SQS::Queue' },
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: {
          EventPattern: { source: ['aws.s3'], 'detail-type': ['Object Created'] },
          Targets: [
            {
              Id: 'Told',
              Arn: attributeOf('Told'),
              InputTransformer: {
                InputPathsMap: { key: '$.detail.object.key' },
                InputTemplate: '{"key":<key>}',
              },
            },
          ],
        },
      },
    });
    await fetch(`${provisioned.cloud.endpoint}/told-uploads/a%20b`, { method: 'PUT', body: 'object' });

    const QueueUrl = provisioned.cloud.resource('Told')?.ref;
    const { Messages = [] } = await provisioned.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    expect(Messages.map(({ Body }) => Body)).toEqual(['{"key":"a b"}']);
  });
});

interface Notification {
  readonly Event?: string;
  readonly Records?: readonly { readonly s3: { readonly object: { readonly key: string } } }[];
}

describe('AWS::KMS::Key', () => {
  const key = (Properties: object = {}) => ({ Type: 'AWS::KMS::Key', Properties });

  async function encrypted({ cloud }: ProvisionedCloud, KeyId: string | undefined) {
    const client = new KMSClient({
      endpoint: cloud.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    try {
      return await client.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('text') }));
    } finally {
      client.destroy();
    }
  }

  it('encrypts, by the id and the ARN that the template gives to others', async () => {
    const provisioned = await stacks.ofResources(
      { Key: key({ Description: 'Encrypts cards' }) },
      { template: { Resources: { Key: key() }, Outputs: { Arn: { Value: attributeOf('Key') } } } },
    );
    const { cloud } = provisioned;
    const arn = cloud.stacks[0]?.outputs.Arn;

    expect(arn).toBe('arn:aws:kms:us-east-1:000000000000:key/shop-Key');
    expect(cloud.resource('Key')?.ref).toBe('shop-Key');
    for (const id of [arn, cloud.resource('Key')?.ref]) {
      await expect(encrypted(provisioned, id)).resolves.toMatchObject({ KeyId: arn });
    }
  });

  it('is said not to run where it is not symmetric', async () => {
    const { cloud } = await stacks.ofResources({ Key: key({ KeySpec: 'RSA_2048' }) });

    expect(notesOn(cloud, 'Key')).toEqual(['keys of RSA_2048 do not run here']);
  });
});
