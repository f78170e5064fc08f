import { PublishBatchCommand, PublishCommand, type PublishCommandInput } from '@aws-sdk/client-sns';
import { DeleteQueueCommand } from '@aws-sdk/client-sqs';
import type { DeliveryOutcome } from '../../../../local/emulators/sns/fan-out.ts';
import { DeliveryFailed } from '../../../../local/emulators/sns/queue-delivery.ts';
import { EndpointUnderTest, type TestQueue } from '../endpoint-under-test.ts';

let cloud: EndpointUnderTest;
let outcomes: DeliveryOutcome[];

beforeAll(async () => {
  cloud = await EndpointUnderTest.start();
  cloud.endpoint.fanOut.onOutcome = outcome => outcomes.push(outcome);
});

beforeEach(() => {
  outcomes = [];
});

afterAll(() => cloud.stop());

async function publish(
  topicArn: string,
  options: Omit<PublishCommandInput, 'TopicArn' | 'Message'> & { Message?: string } = {},
) {
  return cloud.sns.send(new PublishCommand({ Message: 'hello', ...options, TopicArn: topicArn }));
}

async function bodies(queue: TestQueue): Promise<(string | undefined)[]> {
  return (await cloud.receive(queue)).map(({ Body }) => Body);
}

const eventType = (value: string) => ({ eventType: { DataType: 'String', StringValue: value } });

describe('queues', () => {
  it('get the message as it is, attributes too, with raw delivery', async () => {
    const topicArn = await cloud.createTopic('raw');
    const queue = await cloud.createQueue('raw');
    await cloud.subscribe(topicArn, queue.arn, { RawMessageDelivery: 'true' });

    await publish(topicArn, { MessageAttributes: eventType('order_placed') });

    expect(await cloud.receive(queue)).toMatchObject([
      { Body: 'hello', MessageAttributes: eventType('order_placed') },
    ]);
  });

  it('get an envelope without it', async () => {
    const topicArn = await cloud.createTopic('wrapped');
    const queue = await cloud.createQueue('wrapped');
    await cloud.subscribe(topicArn, queue.arn);

    const { MessageId } = await publish(topicArn, {
      Subject: 'news',
      MessageAttributes: eventType('order_placed'),
    });

    const [body] = await bodies(queue);
    expect(JSON.parse(body ?? '')).toMatchObject({
      Type: 'Notification',
      MessageId,
      TopicArn: topicArn,
      Subject: 'news',
      Message: 'hello',
      MessageAttributes: { eventType: { Type: 'String', Value: 'order_placed' } },
    });
  });

  it('get what their filter names and nothing else', async () => {
    const topicArn = await cloud.createTopic('filtered');
    const queue = await cloud.createQueue('filtered');
    await cloud.subscribe(topicArn, queue.arn, {
      RawMessageDelivery: 'true',
      FilterPolicy: JSON.stringify({ eventType: ['order_placed'] }),
    });

    await publish(topicArn, { Message: 'wanted', MessageAttributes: eventType('order_placed') });
    await publish(topicArn, { Message: 'unasked', MessageAttributes: eventType('user_logged_in') });

    expect(await bodies(queue)).toEqual(['wanted']);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['delivered', 'filtered']);
  });

  it('keep a delivery back for their own delay', async () => {
    const topicArn = await cloud.createTopic('delayed');
    const queue = await cloud.createQueue('delayed', { DelaySeconds: '1' });
    await cloud.subscribe(topicArn, queue.arn);

    await publish(topicArn);

    expect(await cloud.attributes(queue)).toMatchObject({
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesDelayed: '1',
    });
  });

  it('get the text that is meant for them, of several', async () => {
    const topicArn = await cloud.createTopic('texts');
    const queue = await cloud.createQueue('texts');
    await cloud.subscribe(topicArn, queue.arn, { RawMessageDelivery: 'true' });

    await publish(topicArn, {
      MessageStructure: 'json',
      Message: JSON.stringify({ default: 'for all', sqs: 'for queues' }),
    });
    await publish(topicArn, { MessageStructure: 'json', Message: JSON.stringify({ default: 'for all' }) });

    expect(await bodies(queue)).toEqual(['for queues', 'for all']);
  });
});

describe('a subscription whose queue is not there', () => {
  it('gives the message to its dead-letter queue, saying why', async () => {
    const topicArn = await cloud.createTopic('redriven');
    const queue = await cloud.createQueue('soon-gone');
    const dlq = await cloud.createQueue('subscription-dlq');
    await cloud.subscribe(topicArn, queue.arn, {
      RawMessageDelivery: 'true',
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dlq.arn }),
    });
    await cloud.sqs.send(new DeleteQueueCommand({ QueueUrl: queue.url }));

    await publish(topicArn, { MessageAttributes: eventType('order_placed') });

    expect(await cloud.receive(dlq)).toMatchObject([
      {
        Body: 'hello',
        MessageAttributes: {
          ...eventType('order_placed'),
          ErrorMessage: { StringValue: `The queue ${queue.arn} does not exist.` },
        },
      },
    ]);
    expect(outcomes).toMatchObject([{ outcome: 'redriven', endpoint: queue.arn }]);
  });

  it('loses the message when that is not there either, and says so', async () => {
    const topicArn = await cloud.createTopic('unkept');
    await cloud.subscribe(topicArn, 'arn:aws:sqs:us-east-1:000000000000:nowhere', {
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:nowhere-either',
      }),
    });

    await publish(topicArn);

    expect(outcomes).toMatchObject([{ outcome: 'unredriven', topicName: 'unkept' }]);
  });

  it('loses the message without one', async () => {
    const topicArn = await cloud.createTopic('lost');
    await cloud.subscribe(topicArn, 'arn:aws:sqs:us-east-1:000000000000:nowhere');

    await publish(topicArn);

    expect(outcomes).toMatchObject([{ outcome: 'lost', topicName: 'lost' }]);
  });
});

it('gives up a message with more attributes than SQS takes, raw', async () => {
  const topicArn = await cloud.createTopic('eleven');
  const queue = await cloud.createQueue('eleven');
  await cloud.subscribe(topicArn, queue.arn, { RawMessageDelivery: 'true' });
  const names = Array.from({ length: 11 }, (_, number) => `attribute${number}`);

  await publish(topicArn, {
    MessageAttributes: Object.fromEntries(
      names.map(name => [name, { DataType: 'String', StringValue: 'a' }]),
    ),
  });

  expect(outcomes).toMatchObject([
    { outcome: 'lost', reason: expect.stringContaining('10 message attributes') },
  ]);
});

describe('functions', () => {
  it('are invoked with the event of SNS', async () => {
    const topicArn = await cloud.createTopic('invoking');
    const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:welcome';
    await cloud.subscribe(topicArn, functionArn, {}, 'lambda');
    const invocations: [string, object][] = [];
    cloud.endpoint.fanOut.invokeFunction = async (...invocation) => {
      invocations.push(invocation);
    };

    await publish(topicArn);
    await cloud.endpoint.fanOut.settled();

    expect(invocations).toMatchObject([
      [
        functionArn,
        {
          Records: [
            {
              EventSource: 'aws:sns',
              EventSubscriptionArn: expect.stringContaining(topicArn),
              Sns: {
                Message: 'hello',
                Subject: null,
                MessageAttributes: {},
                SigningCertUrl: expect.any(String),
              },
            },
          ],
        },
      ],
    ]);
  });

  it('that do not take the event leave it to the dead-letter queue', async () => {
    const topicArn = await cloud.createTopic('refused');
    const dlq = await cloud.createQueue('refused-dlq');
    await cloud.subscribe(
      topicArn,
      'arn:aws:lambda:us-east-1:000000000000:function:gone',
      { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dlq.arn }) },
      'lambda',
    );
    cloud.endpoint.fanOut.invokeFunction = async () => {
      throw new DeliveryFailed('no such function');
    };

    await publish(topicArn);
    await cloud.endpoint.fanOut.settled();

    expect(await bodies(dlq)).toHaveLength(1);
  });
});

describe('standard topics', () => {
  it('pass the message group on to standard queues, for them to be fair by', async () => {
    const topicArn = await cloud.createTopic('of-shops');
    const queue = await cloud.createQueue('of-shops');
    await cloud.subscribe(topicArn, queue.arn, { RawMessageDelivery: 'true' });

    await publish(topicArn, { Message: 'placed', MessageGroupId: 'corner-shop' });
    await publish(topicArn, { Message: 'placed' });

    const groups = (await cloud.receive(queue)).map(({ Attributes }) => Attributes?.MessageGroupId);
    expect(groups).toEqual(['corner-shop', undefined]);
  });

  it('refuse a message group of other characters', async () => {
    const topicArn = await cloud.createTopic('of-nameless-shops');

    await expect(publish(topicArn, { MessageGroupId: 'corner shop' })).rejects.toMatchObject({
      message: expect.stringContaining('MessageGroupId can only include'),
    });
  });
});

describe('FIFO topics', () => {
  it('pass group and order on, and a message once', async () => {
    const topicArn = await cloud.createTopic('ordered.fifo', { ContentBasedDeduplication: 'true' });
    const queue = await cloud.createQueue('ordered.fifo');
    await cloud.subscribe(topicArn, queue.arn, { RawMessageDelivery: 'true' });

    const first = await publish(topicArn, { Message: 'placed', MessageGroupId: 'order-1' });
    const again = await publish(topicArn, { Message: 'placed', MessageGroupId: 'order-1' });
    await publish(topicArn, { Message: 'paid', MessageGroupId: 'order-1' });

    const messages = await cloud.receive(queue);
    expect(messages.map(({ Body }) => Body)).toEqual(['placed', 'paid']);
    expect(messages.map(({ Attributes }) => Attributes?.MessageGroupId)).toEqual(['order-1', 'order-1']);
    expect(again.MessageId).toBe(first.MessageId);
    expect(first.SequenceNumber).toMatch(/^\d{20}$/);
  });

  it('pass a message on once to standard queues too', async () => {
    const topicArn = await cloud.createTopic('to-standard.fifo');
    const queue = await cloud.createQueue('of-fifo-topic');
    await cloud.subscribe(topicArn, queue.arn);
    const ids = { MessageGroupId: 'order-1', MessageDeduplicationId: 'one' };

    await publish(topicArn, ids);
    await publish(topicArn, ids);

    const messages = await cloud.receive(queue);
    expect(messages).toHaveLength(1);
    expect(messages[0]?.Attributes).not.toHaveProperty('MessageGroupId');
  });

  it('tell duplicates apart by group where their throughput is a group’s', async () => {
    const topicArn = await cloud.createTopic('per-group.fifo', { FifoThroughputScope: 'MessageGroup' });
    const queue = await cloud.createQueue('of-group-topic');
    await cloud.subscribe(topicArn, queue.arn);

    await publish(topicArn, { MessageGroupId: 'order-1', MessageDeduplicationId: 'one' });
    await publish(topicArn, { MessageGroupId: 'order-2', MessageDeduplicationId: 'one' });

    expect(await bodies(queue)).toHaveLength(2);
  });

  it('refuse a message without a group', async () => {
    const topicArn = await cloud.createTopic('groupless.fifo', { ContentBasedDeduplication: 'true' });

    await expect(publish(topicArn)).rejects.toMatchObject({
      message: 'Invalid parameter: The MessageGroupId parameter is required for FIFO topics',
    });
  });
});

describe('a publication', () => {
  it.each<[string, Parameters<typeof publish>[1], string]>([
    ['without a message', { Message: '' }, 'Invalid parameter: Empty message'],
    ['over 256 KB', { Message: 'x'.repeat(262_145) }, 'Invalid parameter: Message too long'],
    ['in JSON without a default', { MessageStructure: 'json', Message: '{}' }, 'No default entry'],
    ['in JSON that is none', { MessageStructure: 'json', Message: 'text' }, 'failed to parse'],
  ])('%s is refused', async (_name, input, message) => {
    const topicArn = await cloud.createTopic('strict');

    await expect(publish(topicArn, input)).rejects.toMatchObject({
      name: expect.stringContaining('InvalidParameter'),
      message: expect.stringContaining(message),
    });
  });

  it('to a topic that does not exist is refused', async () => {
    await expect(publish('arn:aws:sns:us-east-1:000000000000:nowhere')).rejects.toMatchObject({
      name: expect.stringContaining('NotFound'),
    });
  });
});

describe('a batch', () => {
  it('is delivered entry by entry, and says which entries were refused', async () => {
    const topicArn = await cloud.createTopic('batch');
    const queue = await cloud.createQueue('batch');
    await cloud.subscribe(topicArn, queue.arn, { RawMessageDelivery: 'true' });

    const { Successful, Failed } = await cloud.sns.send(
      new PublishBatchCommand({
        TopicArn: topicArn,
        PublishBatchRequestEntries: [
          { Id: 'one', Message: 'first', MessageAttributes: eventType('order_placed') },
          { Id: 'two', Message: 'x'.repeat(262_145) },
          { Id: 'three', Message: 'third' },
        ],
      }),
    );

    expect(Successful?.map(({ Id }) => Id)).toEqual(['one', 'three']);
    expect(Failed).toMatchObject([{ Id: 'two', Code: 'InvalidParameter', SenderFault: true }]);
    expect(await cloud.receive(queue)).toMatchObject([
      { Body: 'first', MessageAttributes: eventType('order_placed') },
      { Body: 'third' },
    ]);
  });

  it('with the same id twice is refused', async () => {
    const topicArn = await cloud.createTopic('same-ids');
    const entries = ['a', 'b'].map(Message => ({ Id: 'one', Message }));

    await expect(
      cloud.sns.send(new PublishBatchCommand({ TopicArn: topicArn, PublishBatchRequestEntries: entries })),
    ).rejects.toMatchObject({ name: expect.stringContaining('BatchEntryIdsNotDistinct') });
  });
});
