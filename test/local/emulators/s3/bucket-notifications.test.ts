import {
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketNotificationConfigurationCommand,
  type NotificationConfiguration,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import * as v from 'valibot';
import {
  compareSequencers,
  type ObjectChange,
  objectNotification,
  testNotification,
} from '../../../../contracts/bucket-notifications.ts';
import { EndpointUnderTest, type TestQueue } from '../endpoint-under-test.ts';

describe('notifications of the local S3', () => {
  let endpoint: EndpointUnderTest;
  let Bucket: string;
  let queue: TestQueue;
  let made = 0;

  beforeAll(async () => {
    endpoint = await EndpointUnderTest.start();
  });
  beforeEach(async () => {
    made += 1;
    Bucket = `bucket-${made}`;
    queue = await endpoint.createQueue(`queue-${made}`);
    await endpoint.s3.send(new CreateBucketCommand({ Bucket }));
    await endpoint.s3.send(
      new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
    );
  });
  afterAll(() => endpoint.stop());

  const configure = (configuration: NotificationConfiguration) =>
    endpoint.s3.send(
      new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration: configuration }),
    );
  const tellQueue = (options: { events?: string[]; prefix?: string; suffix?: string } = {}) => {
    const { events = ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'], ...filter } = options;
    const FilterRules = Object.entries(filter).map(([Name, Value]) => ({ Name: Name as 'prefix', Value }));
    return configure({
      QueueConfigurations: [
        {
          Id: 'uploads',
          QueueArn: queue.arn,
          Events: events as ['s3:ObjectCreated:*'],
          ...(FilterRules.length > 0 && { Filter: { Key: { FilterRules } } }),
        },
      ],
    });
  };
  const put = (Key: string, Body = 'hello') => endpoint.s3.send(new PutObjectCommand({ Bucket, Key, Body }));

  /** What came into the queue since it was last looked into. */
  async function received(from = queue): Promise<unknown[]> {
    const messages = await endpoint.receive(from);
    for (const message of messages) await endpoint.delete(from, message);
    return messages.map(({ Body = '' }) => JSON.parse(Body) as unknown);
  }
  const changesIn = (contents: readonly unknown[]): ObjectChange[] =>
    contents.flatMap(content => v.parse(objectNotification, content));

  it('begin with a test event to each destination', async () => {
    await tellQueue();

    const [content, ...others] = await received();
    expect(v.parse(testNotification, content)).toMatchObject({ Bucket });
    expect(others).toEqual([]);
  });

  it('tell of objects that come and go, as the contract has it', async () => {
    await tellQueue();
    await received();
    const Key = 'incoming/über uns + mehr (1)%.txt';

    const { VersionId: version } = await put(Key);
    const { VersionId: marker } = await endpoint.s3.send(new DeleteObjectCommand({ Bucket, Key }));
    await endpoint.s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId: marker }));

    const changes = changesIn(await received());
    expect(changes.map(({ kind, bucket, key, version_id }) => [kind, bucket, key, version_id])).toEqual([
      ['created', Bucket, Key, version],
      ['hidden', Bucket, Key, marker],
      ['version_deleted', Bucket, Key, marker],
    ]);
  });

  it('carry sequencers that grow, and what is known of the object', async () => {
    await tellQueue();
    await received();
    const { ETag } = await put('incoming/a.txt');
    await put('incoming/a.txt', 'again');

    const contents = await received();
    const [first, second] = changesIn(contents);
    expect(compareSequencers(first?.sequencer ?? '', second?.sequencer ?? '')).toBe(-1);
    expect(contents[0]).toMatchObject({
      Records: [
        {
          eventVersion: '2.1',
          eventName: 'ObjectCreated:Put',
          awsRegion: 'us-east-1',
          s3: {
            configurationId: 'uploads',
            bucket: { arn: `arn:aws:s3:::${Bucket}` },
            object: { key: 'incoming/a.txt', size: 5, eTag: ETag?.replaceAll('"', '') },
          },
        },
      ],
    });
  });

  it('are of the keys and events that the configuration asks for', async () => {
    await tellQueue({ events: ['s3:ObjectCreated:Put'], prefix: 'incoming/', suffix: '.png' });
    await received();

    await put('incoming/a.png');
    await put('incoming/a.txt');
    await put('results/a.png');
    await endpoint.s3.send(new DeleteObjectCommand({ Bucket, Key: 'incoming/a.png' }));

    expect(changesIn(await received()).map(({ key }) => key)).toEqual(['incoming/a.png']);
  });

  it('are one for each object of a deletion of several', async () => {
    await put('incoming/a.txt');
    await put('incoming/b.txt');
    await tellQueue();
    await received();

    await endpoint.s3.send(
      new DeleteObjectsCommand({
        Bucket,
        Delete: { Objects: [{ Key: 'incoming/a.txt' }, { Key: 'incoming/b.txt' }] },
      }),
    );

    expect(changesIn(await received()).map(({ kind, key }) => [kind, key])).toEqual([
      ['hidden', 'incoming/a.txt'],
      ['hidden', 'incoming/b.txt'],
    ]);
  });

  it('reach the subscribers of a topic, as they are where delivery is raw', async () => {
    const topicArn = await endpoint.createTopic(`topic-${made}`);
    await endpoint.subscribe(topicArn, queue.arn, { RawMessageDelivery: 'true' });
    await configure({ TopicConfigurations: [{ TopicArn: topicArn, Events: ['s3:ObjectCreated:*'] }] });
    expect(v.is(testNotification, (await received())[0])).toBe(true);

    await put('incoming/a.txt');

    expect(changesIn(await received()).map(({ key }) => key)).toEqual(['incoming/a.txt']);
  });

  it('reach functions, which are not asked whether they may', async () => {
    const events: object[] = [];
    endpoint.endpoint.fanOut.invokeFunction = async (_arn, event) => void events.push(event);
    await configure({
      LambdaFunctionConfigurations: [
        {
          LambdaFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:thumbnail',
          Events: ['s3:ObjectCreated:*'],
        },
      ],
    });

    await put('incoming/a.txt');

    expect(changesIn(events).map(({ key }) => key)).toEqual(['incoming/a.txt']);
  });

  it('wait for as long as their queue delays messages', async () => {
    queue = await endpoint.createQueue(`slow-queue-${made}`, { DelaySeconds: '60' });
    await tellQueue();

    expect(await received()).toEqual([]);
    expect(await endpoint.attributes(queue)).toMatchObject({ ApproximateNumberOfMessagesDelayed: '1' });
  });

  it('are read as they were configured, and end when they are taken out', async () => {
    await tellQueue({ prefix: 'a&b/' });

    const configured = await endpoint.s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
    expect(configured.QueueConfigurations).toEqual([
      {
        Id: 'uploads',
        QueueArn: queue.arn,
        Events: ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'],
        Filter: { Key: { FilterRules: [{ Name: 'prefix', Value: 'a&b/' }] } },
      },
    ]);
    await received();
    await put('a&b/c.txt');
    expect(await received()).toHaveLength(1);

    await configure({});
    await put('a&b/c.txt');
    expect(await received()).toEqual([]);
  });

  it.each([
    ['a queue that is not there', { QueueArn: 'arn:aws:sqs:us-east-1:000000000000:nowhere' }],
    ['a FIFO queue', { QueueArn: 'arn:aws:sqs:us-east-1:000000000000:ordered.fifo' }],
  ])('are refused to %s, and then nothing is changed', async (_case, destination) => {
    await endpoint.createQueue('ordered.fifo', { FifoQueue: 'true' });
    await tellQueue();

    await expect(
      configure({ QueueConfigurations: [{ ...destination, Events: ['s3:ObjectCreated:*'] }] }),
    ).rejects.toMatchObject({
      name: 'InvalidArgument',
      message: expect.stringContaining('Unable to validate the following destination configurations'),
    });
    await received();
    await put('incoming/a.txt');
    expect(await received()).toHaveLength(1);
  });

  it('tell nothing of what was not there in a bucket without versions', async () => {
    Bucket = `plain-${made}`;
    await endpoint.s3.send(new CreateBucketCommand({ Bucket }));
    await tellQueue();
    await received();

    await endpoint.s3.send(new DeleteObjectCommand({ Bucket, Key: 'a.txt' }));
    await put('a.txt');
    await endpoint.s3.send(new DeleteObjectCommand({ Bucket, Key: 'a.txt' }));

    const names = (await received()).map(
      content => (content as { Records: { eventName: string }[] }).Records[0]?.eventName,
    );
    expect(names).toEqual(['ObjectCreated:Put', 'ObjectRemoved:Delete']);
  });
});
