import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { EndpointUnderTest } from '../../local/emulators/endpoint-under-test.ts';
import { notificationOf, testEvent } from '../../support/bucket-notifications.ts';
import { DynamoDbServer } from '../../support/dynamodb-server.ts';
import { lambdaContext } from '../../support/lambda-context.ts';
import { catchLogLines, type LogLine } from '../../support/log-lines.ts';
import { sqsBatch } from '../../support/sqs-records.ts';
import { sha256Of } from '../../support/versioned-bucket.ts';

type Handler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

describe('describe-upload, as it is deployed', () => {
  const bucket = 'uploads-111122223333-eu-west-1-an';
  const key = 'incoming/über uns + mehr (1)%.txt';
  let endpoint: EndpointUnderTest;
  let dynamoDb: DynamoDbServer;
  let tableName: string;
  let handler: Handler;
  let lines: LogLine[];

  beforeAll(async () => {
    endpoint = await EndpointUnderTest.start();
    dynamoDb = await DynamoDbServer.start();
    await endpoint.s3.send(new CreateBucketCommand({ Bucket: bucket }));
    await endpoint.s3.send(
      new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }),
    );
    Object.assign(process.env, {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL_S3: endpoint.endpoint.url,
      AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.endpoint,
      LOG_LEVEL: 'INFO',
      BUCKET_NAME: bucket,
      MAX_OBJECT_BYTES: '1000',
      POWERTOOLS_SERVICE_NAME: 'direct-uploads',
      POWERTOOLS_METRICS_NAMESPACE: 'FileUploads',
    });
  });
  beforeEach(async () => {
    tableName = await dynamoDb.createTable();
    process.env.TABLE_NAME = tableName;
    ({ handler } = (await import(`../../../lambda/file-uploads/describe-upload.ts?${tableName}`)) as {
      handler: Handler;
    });
    lines = catchLogLines();
  });
  afterAll(async () => {
    await endpoint.stop();
    await dynamoDb.stop();
  });

  const put = async (Body: string, Metadata?: Record<string, string>) => {
    const { VersionId: versionId = '' } = await endpoint.s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body, ...(Metadata && { Metadata }) }),
    );
    return versionId;
  };
  const told = (versionId: string, sequencer: string, eventName = 'ObjectCreated:Put') =>
    notificationOf({ bucket, key, versionId, sequencer, eventName });
  const record = () => dynamoDb.item(tableName, `UPLOAD#${key}`);
  const outcomes = () => lines.map(({ outcome }) => outcome).filter(Boolean);

  it('records an upload, and writes what it found beside it', async () => {
    const versionId = await put('hello');

    const response = await handler(sqsBatch(told(versionId, '01')), lambdaContext());

    expect(response).toEqual({ batchItemFailures: [] });
    const resultKey = `results/über uns + mehr (1)%.txt/${versionId}.json`;
    await expect(record()).resolves.toMatchObject({
      status: 'described',
      version_id: versionId,
      sequencer: '01',
      result_key: resultKey,
      sha256: sha256Of('hello'),
    });
    const { Body, ContentType } = await endpoint.s3.send(
      new GetObjectCommand({ Bucket: bucket, Key: resultKey }),
    );
    expect(ContentType).toBe('application/json');
    expect(JSON.parse((await Body?.transformToString()) ?? '')).toMatchObject({
      bucket,
      key,
      version_id: versionId,
      size: 5,
      sha256: sha256Of('hello'),
    });
    expect(lines).toEqual([
      expect.objectContaining({
        level: 'INFO',
        service: 'direct-uploads',
        outcome: 'described',
        event_type: 'ObjectCreated:Put',
        object_key: key,
        version_id: versionId,
        correlation_id: expect.stringMatching(/^REQUEST/),
      }),
    ]);
  });

  it('acknowledges the test event', async () => {
    await expect(handler(sqsBatch(testEvent), lambdaContext())).resolves.toEqual({ batchItemFailures: [] });
    expect(lines).toEqual([
      expect.objectContaining({ outcome: 'test_event', event_type: 's3:TestEvent', bucket: 'uploads' }),
    ]);
  });

  it('finds out by itself what a deletion leads to, and what is gone', async () => {
    const first = await put('one');
    const second = await put('two');
    await endpoint.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, VersionId: second }));

    await handler(sqsBatch(told(second, '02')), lambdaContext());
    await handler(sqsBatch(told(second, '03', 'ObjectRemoved:Delete')), lambdaContext());
    await handler(sqsBatch(told(first, '01')), lambdaContext());

    expect(outcomes()).toEqual(['gone', 'restored', 'outdated']);
    await expect(record()).resolves.toMatchObject({ version_id: first, sha256: sha256Of('one') });
  });

  it('brings back only what failed: a damaged upload, and what is no upload', async () => {
    const damaged = await put('hellO', { sha256: sha256Of('hello') });
    const batch = sqsBatch(
      told(damaged, '01'),
      testEvent,
      notificationOf({ bucket, key: 'results/a.json' }),
      'no JSON',
    );

    const { batchItemFailures } = await handler(batch, lambdaContext());

    const failed = [0, 2, 3].map(index => ({ itemIdentifier: batch.Records[index]?.messageId }));
    expect(batchItemFailures).toHaveLength(failed.length);
    expect(batchItemFailures).toEqual(expect.arrayContaining(failed));
    expect(lines.filter(line => line.failure === 'permanent')).toHaveLength(3);
    await expect(record()).resolves.toBeUndefined();
  });

  it('records an upload that is larger than it reads', async () => {
    const versionId = await put('x'.repeat(1_001));

    await handler(sqsBatch(told(versionId, '01')), lambdaContext());

    expect(outcomes()).toEqual(['too_large']);
    await expect(record()).resolves.toMatchObject({ status: 'too_large', size: 1_001 });
  });
});
