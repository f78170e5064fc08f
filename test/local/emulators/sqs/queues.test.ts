import {
  ChangeMessageVisibilityCommand,
  ListDeadLetterSourceQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { EndpointUnderTest, eventually, type TestQueue } from '../endpoint-under-test.ts';

let cloud: EndpointUnderTest;

beforeAll(async () => {
  cloud = await EndpointUnderTest.start();
});

afterAll(() => cloud.stop());

async function sendToGroup(queue: TestQueue, group: string, body: string, deduplicationId = body) {
  await cloud.sqs.send(
    new SendMessageCommand({
      QueueUrl: queue.url,
      MessageBody: body,
      MessageGroupId: group,
      MessageDeduplicationId: deduplicationId,
    }),
  );
}

async function bodies(queue: TestQueue): Promise<(string | undefined)[]> {
  return (await cloud.receive(queue)).map(({ Body }) => Body);
}

describe('counts', () => {
  it('are right without anybody receiving: in flight, visible again, delayed, due', async () => {
    const queue = await cloud.createQueue('counted');
    const counts = async () => {
      const attributes = await cloud.attributes(queue);
      return [
        attributes.ApproximateNumberOfMessages,
        attributes.ApproximateNumberOfMessagesNotVisible,
        attributes.ApproximateNumberOfMessagesDelayed,
      ].map(Number);
    };
    await cloud.sqs.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: 'taken' }));
    await cloud.receive(queue, { visibilityTimeout: 1 });
    await cloud.sqs.send(
      new SendMessageCommand({ QueueUrl: queue.url, MessageBody: 'later', DelaySeconds: 1 }),
    );

    expect(await counts()).toEqual([0, 1, 1]);

    expect(await eventually(async () => (await counts())[0] === 2 && counts())).toEqual([2, 0, 0]);
  });
});

describe('dead-letter sources', () => {
  it('are listed for a dead-letter queue', async () => {
    const { queue, dlq } = await cloud.createQueueWithDlq('listed');

    const ofDlq = await cloud.sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: dlq.url }));
    const ofQueue = await cloud.sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: queue.url }));

    expect(ofDlq.queueUrls).toEqual([queue.url]);
    expect(ofQueue.queueUrls).toEqual([]);
  });

  it('are an error for a queue that does not exist', async () => {
    const nowhere = `${cloud.endpoint.url}/000000000000/nowhere`;

    await expect(
      cloud.sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: nowhere })),
    ).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
  });

  it('are an attribute of each dead-lettered message', async () => {
    const { queue, dlq } = await cloud.createQueueWithDlq('marked');
    await cloud.sqs.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: 'poison' }));
    await cloud.deadLetter(queue);

    const [message] = await cloud.receive(dlq);

    expect(message?.Attributes?.DeadLetterQueueSourceArn).toBe(queue.arn);
  });
});

describe('receiving', () => {
  it('gives message attributes to those alone who ask for them', async () => {
    const queue = await cloud.createQueue('asked');
    await cloud.sqs.send(
      new SendMessageCommand({
        QueueUrl: queue.url,
        MessageBody: 'body',
        MessageAttributes: { eventType: { DataType: 'String', StringValue: 'order_placed' } },
      }),
    );

    const unasked = await cloud.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queue.url, VisibilityTimeout: 0 }),
    );
    const asked = await cloud.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queue.url, MessageAttributeNames: ['eventType'] }),
    );

    expect(unasked.Messages?.[0]?.MessageAttributes).toBeUndefined();
    expect(asked.Messages?.[0]?.MessageAttributes?.eventType?.StringValue).toBe('order_placed');
  });

  it('puts back, uncounted, what arrives for a client that hung up while it waited', async () => {
    const queue = await cloud.createQueue('hung-up');
    const waiting = new AbortController();
    const receive = cloud.sqs.send(new ReceiveMessageCommand({ QueueUrl: queue.url, WaitTimeSeconds: 20 }), {
      abortSignal: waiting.signal,
    });
    const stored = cloud.endpoint.store.queues.getQueue(queue.url) as unknown as { pollWaiters: unknown[] };
    await eventually(async () => stored.pollWaiters.length === 1);
    waiting.abort();
    await expect(receive).rejects.toMatchObject({ name: 'AbortError' });

    await cloud.sqs.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: 'for the next' }));

    const [message] = await eventually(async () => {
      const messages = await cloud.receive(queue);
      return messages.length > 0 && messages;
    });
    expect(message?.Attributes?.ApproximateReceiveCount).toBe('1');
  });
});

describe('FIFO queues', () => {
  it('give several messages of a group at once, and none of it while they are in flight', async () => {
    const queue = await cloud.createQueue('batches.fifo');
    await sendToGroup(queue, 'order-1', 'placed');
    await sendToGroup(queue, 'order-1', 'paid');
    await sendToGroup(queue, 'order-2', 'placed-2');

    const batch = await cloud.receive(queue);
    await sendToGroup(queue, 'order-1', 'shipped');

    expect(batch.map(({ Body }) => Body).sort()).toEqual(['paid', 'placed', 'placed-2']);
    const group = batch.filter(({ Attributes }) => Attributes?.MessageGroupId === 'order-1');
    expect(group.map(({ Body }) => Body)).toEqual(['placed', 'paid']);
    expect(await bodies(queue)).toEqual([]);

    for (const message of batch) {
      await cloud.delete(queue, message);
    }
    expect(await bodies(queue)).toEqual(['shipped']);
  });

  it('never give more than was asked for', async () => {
    const queue = await cloud.createQueue('bounded.fifo');
    for (let number = 0; number < 12; number += 1) {
      await sendToGroup(queue, 'one-group', `message ${number}`);
    }

    expect(await bodies(queue)).toHaveLength(10);
  });

  it('give a group in its order again after all of it was put back', async () => {
    const queue = await cloud.createQueue('put-back.fifo');
    for (const step of ['placed', 'paid', 'shipped']) {
      await sendToGroup(queue, 'order-1', step);
    }

    for (const { ReceiptHandle } of await cloud.receive(queue)) {
      await cloud.sqs.send(
        new ChangeMessageVisibilityCommand({ QueueUrl: queue.url, ReceiptHandle, VisibilityTimeout: 0 }),
      );
    }

    expect(await bodies(queue)).toEqual(['placed', 'paid', 'shipped']);
  });

  it('give a group in its order again after its visibility timeout', async () => {
    const queue = await cloud.createQueue('timed-out.fifo');
    for (const step of ['placed', 'paid', 'shipped']) {
      await sendToGroup(queue, 'order-1', step);
    }
    await cloud.receive(queue, { visibilityTimeout: 1 });

    const again = await eventually(async () => {
      const messages = await bodies(queue);
      return messages.length > 0 && messages;
    });

    expect(again).toEqual(['placed', 'paid', 'shipped']);
  });

  it('drop equal messages of the whole queue by default', async () => {
    const queue = await cloud.createQueue('per-queue.fifo');
    await sendToGroup(queue, 'order-1', 'first', 'same');
    await sendToGroup(queue, 'order-2', 'second', 'same');

    expect(await bodies(queue)).toEqual(['first']);
  });

  it('drop equal messages of one group alone where the scope is the group', async () => {
    const queue = await cloud.createQueue('per-group.fifo', {
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
    });
    await sendToGroup(queue, 'order-1', 'first', 'same');
    await sendToGroup(queue, 'order-1', 'again', 'same');
    await sendToGroup(queue, 'order-2', 'second', 'same');

    expect((await bodies(queue)).sort()).toEqual(['first', 'second']);
  });
});
