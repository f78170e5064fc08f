import { parseEnvironment } from '../../../contracts/environment.ts';
import { describeUploadEnvironment } from '../../../contracts/file-uploads.ts';
import { incomingPrefix } from '../../../contracts/uploads.ts';
import { referredId, resourcesOfType } from '../../support/stack-template.ts';
import { type ResourceJson, systemTemplate, type TemplateJson } from '../../support/synthesized-app.ts';
import { templateDifferences, templatePicture } from '../../support/template-snapshot.ts';

const system = 'file-uploads';
const dev = systemTemplate(system, 'dev');
const prod = systemTemplate(system, 'prod');

type Properties = ResourceJson['Properties'];

/** The resource of a type for which something holds; there must be one. */
function only(template: TemplateJson, type: string, holds: (properties: Properties) => boolean = () => true) {
  const found = resourcesOfType(template, type).filter(([, { Properties }]) => holds(Properties));
  const [first] = found;
  if (!first || found.length > 1) throw new Error(`Expected one such ${type}, found ${found.length}`);
  return { id: first[0], properties: first[1].Properties };
}

function variablesOf(properties: Properties): Record<string, unknown> {
  return (properties.Environment as { Variables: Record<string, unknown> }).Variables;
}

const functionOf = (template: TemplateJson, service: string) =>
  only(
    template,
    'AWS::Lambda::Function',
    properties => variablesOf(properties).POWERTOOLS_SERVICE_NAME === service,
  );
const queueOf = (template: TemplateJson, name: string) =>
  only(template, 'AWS::SQS::Queue', ({ QueueName }) => QueueName === `${system}-${name}`);
const bucketOf = (template: TemplateJson, name: string) =>
  only(template, 'AWS::S3::Bucket', ({ BucketName }) =>
    JSON.stringify(BucketName ?? '').includes(`${system}-${name}-`),
  );

interface Told {
  readonly Event: string;
  readonly Filter: { readonly S3Key: { readonly Rules: readonly { readonly Value: string }[] } };
  readonly Queue?: unknown;
  readonly Topic?: unknown;
}

/** Whom a bucket tells of what under which prefix. */
function toldBy(bucket: Properties) {
  const configuration = bucket.NotificationConfiguration as Record<string, readonly Told[]>;
  return Object.values(configuration)
    .flat()
    .map(({ Event, Filter, Queue, Topic }) => ({
      event: Event,
      prefix: Filter.S3Key.Rules[0]?.Value,
      whom: referredId(Queue ?? Topic),
    }));
}

const topic = only(dev, 'AWS::SNS::Topic', ({ DisplayName }) => DisplayName === undefined);

describe.each([
  { way: 'straight to a queue', bucket: 'direct', queue: 'direct-uploads' },
  { way: 'by a topic to a queue', bucket: 'fanned-out', queue: 'fanned-out-uploads' },
])('the way $way', ({ bucket: bucketName, queue: queueName }) => {
  const bucket = bucketOf(dev, bucketName);
  const queue = queueOf(dev, queueName);
  const consumer = functionOf(dev, queueName);

  it('begins in a bucket that tells of what comes and goes under the prefix of the contract', () => {
    const whom = bucketName === 'direct' ? queue.id : topic.id;
    expect(toldBy(bucket.properties)).toEqual([
      { event: 's3:ObjectCreated:*', prefix: incomingPrefix, whom },
      { event: 's3:ObjectRemoved:*', prefix: incomingPrefix, whom },
    ]);
  });

  it('leads to a function that knows its bucket, and a table of its own', () => {
    const mapping = only(
      dev,
      'AWS::Lambda::EventSourceMapping',
      ({ FunctionName }) => referredId(FunctionName) === consumer.id,
    );
    expect(mapping.properties).toMatchObject({ EventSourceArn: { 'Fn::GetAtt': [queue.id, 'Arn'] } });
    const { BUCKET_NAME, TABLE_NAME } = variablesOf(consumer.properties);
    expect(referredId(BUCKET_NAME)).toBe(bucket.id);
    expect(dev.Resources[referredId(TABLE_NAME) ?? '']?.Type).toBe('AWS::DynamoDB::Table');
    const others = resourcesOfType(dev, 'AWS::Lambda::Function').filter(([id]) => id !== consumer.id);
    expect(others.map(([, { Properties }]) => variablesOf(Properties).TABLE_NAME)).not.toContainEqual(
      TABLE_NAME,
    );
  });

  it('leaves what fails five times in a DLQ', () => {
    expect(queue.properties.RedrivePolicy).toEqual({
      deadLetterTargetArn: { 'Fn::GetAtt': [queueOf(dev, `${queueName}-dlq`).id, 'Arn'] },
      maxReceiveCount: 5,
    });
  });

  it('hides messages for six times the minute that a batch may take', () => {
    expect(consumer.properties.Timeout).toBe(60);
    expect(queue.properties.VisibilityTimeout).toBe(360);
  });

  it.each([
    ['dev', dev, 4, 5],
    ['prod', prod, 7, 50],
  ])('keeps messages and works at once as %s says', (_, template, retentionInDays, concurrency) => {
    expect(queueOf(template, queueName).properties.MessageRetentionPeriod).toBe(retentionInDays * 86_400);
    const mapping = only(
      template,
      'AWS::Lambda::EventSourceMapping',
      ({ FunctionName }) => referredId(FunctionName) === functionOf(template, queueName).id,
    );
    expect(mapping.properties.ScalingConfig).toEqual({ MaximumConcurrency: concurrency });
  });

  it('gives its function what the contract asks for, in both stages', () => {
    for (const template of [dev, prod]) {
      const deployed = Object.entries(variablesOf(functionOf(template, queueName).properties)).map(
        ([name, value]) => [name, typeof value === 'string' ? value : 'known-when-deployed'],
      );
      expect(parseEnvironment(describeUploadEnvironment, Object.fromEntries(deployed))).toMatchObject({
        MAX_OBJECT_BYTES: 268_435_456,
      });
    }
  });
});

it('tells all that subscribe to the topic of everything, as S3 wrote it', () => {
  const subscription = only(dev, 'AWS::SNS::Subscription');
  expect(subscription.properties).toMatchObject({
    TopicArn: { Ref: topic.id },
    Endpoint: { 'Fn::GetAtt': [queueOf(dev, 'fanned-out-uploads').id, 'Arn'] },
    RawMessageDelivery: true,
  });
  expect(subscription.properties).not.toHaveProperty('FilterPolicy');
});

it('has keys of its own for each bucket, for the queues and for each topic', () => {
  const bucketKeys = ['direct', 'fanned-out'].map(name => {
    const encryption = bucketOf(dev, name).properties.BucketEncryption as {
      ServerSideEncryptionConfiguration: { ServerSideEncryptionByDefault: { KMSMasterKeyID: unknown } }[];
    };
    return referredId(
      encryption.ServerSideEncryptionConfiguration[0]?.ServerSideEncryptionByDefault.KMSMasterKeyID,
    );
  });
  const keysOf = (type: string) =>
    new Set(resourcesOfType(dev, type).map(([, { Properties }]) => referredId(Properties.KmsMasterKeyId)));
  const keys = [...bucketKeys, ...keysOf('AWS::SQS::Queue'), ...keysOf('AWS::SNS::Topic')];

  expect(keys).toHaveLength(5);
  expect(new Set(keys).size).toBe(5);
});

it('keeps access logs for as long as other logs', () => {
  for (const [template, days] of [
    [dev, 7],
    [prod, 90],
  ] as const) {
    const logs = only(template, 'AWS::S3::Bucket', ({ BucketName }) => BucketName === undefined);
    expect(logs.properties.LifecycleConfiguration).toMatchObject({ Rules: [{ ExpirationInDays: days }, {}] });
  }
});

it('has no custom resource, and no function but its two consumers', () => {
  const types = Object.values(dev.Resources).map(({ Type }) => Type);
  expect(types.filter(type => type.startsWith('Custom::') || type.includes('CustomResource'))).toEqual([]);
  expect(resourcesOfType(dev, 'AWS::Lambda::Function')).toHaveLength(2);
});

it('says what an uploader, a subscriber, an operator and the demonstration need', () => {
  expect(Object.keys(dev.Outputs ?? {}).sort()).toEqual([
    'AlarmTopicArn',
    'DashboardUrl',
    'DeployedStage',
    'DirectBucketName',
    'DirectDlqUrl',
    'DirectQueueUrl',
    'DirectTableName',
    'FannedOutBucketName',
    'FannedOutDlqUrl',
    'FannedOutQueueUrl',
    'FannedOutTableName',
    'UploadsTopicArn',
  ]);
  expect(dev.Outputs).toMatchObject({
    DirectBucketName: { Value: { Ref: bucketOf(dev, 'direct').id } },
    FannedOutBucketName: { Value: { Ref: bucketOf(dev, 'fanned-out').id } },
    DirectQueueUrl: { Value: { Ref: queueOf(dev, 'direct-uploads').id } },
    FannedOutDlqUrl: { Value: { Ref: queueOf(dev, 'fanned-out-uploads-dlq').id } },
    UploadsTopicArn: { Value: { Ref: topic.id } },
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
