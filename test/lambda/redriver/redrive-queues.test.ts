import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { moveLetters } from '../../../lambda/redriver/letter-mover.ts';
import { SqsRedriveQueues } from '../../../lambda/redriver/redrive-queues.ts';
import { DependencyDownError } from '../../../lambda/shared/failures.ts';
import { until } from '../../../local/scenarios/condition.ts';
import { unequal } from '../../../local/scenarios/expectations.ts';
import { EndpointUnderTest } from '../../local/emulators/endpoint-under-test.ts';
import { LocalSqs } from '../../worker/support/local-sqs.ts';

let sqs: LocalSqs;
beforeEach(async () => {
  sqs = await LocalSqs.start();
});
afterEach(() => sqs.close());

const queues = () => new SqsRedriveQueues(sqs.client);

/** The messages of a queue, with all that they carry. */
async function received(QueueUrl: string, client: Pick<SQSClient, 'send'> = sqs.client) {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: 1,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['All'],
    }),
  );
  return Messages;
}

it('moves a message with all that its sender wrote, and nothing that dead-lettering did', async () => {
  const { queue, dlq } = await sqs.createQueueWithDlq('orders', 1);
  const text = (StringValue: string) => ({ DataType: 'String', StringValue });
  await sqs.client.send(
    new SendMessageCommand({
      QueueUrl: dlq.url,
      MessageBody: '{"order_id":"1"}',
      MessageAttributes: {
        eventType: text('order_placed'),
        digest: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2]) },
        RequestID: text('r'),
        ErrorCode: text('AccessDenied'),
        ErrorMessage: text('no'),
      },
    }),
  );
  const letters = await queues().receive(dlq.url, 10);

  expect(await moveLetters(queues(), letters, dlq.url, queue.url)).toEqual({ kept: 0, failures: [] });
  expect(await dlq.isEmpty()).toBe(true);
  const [copy] = await received(queue.url);
  expect(copy?.Body).toBe('{"order_id":"1"}');
  expect(copy?.MessageAttributes).toMatchObject({
    eventType: text('order_placed'),
    digest: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2]) },
  });
  expect(Object.keys(copy?.MessageAttributes ?? {})).toEqual(expect.not.arrayContaining(['ErrorCode']));
});

it('moves the messages of a FIFO queue in their order and groups, and not as duplicates', async () => {
  // An endpoint that says where a dead letter came from, as SQS does.
  const cloud = await EndpointUnderTest.start();
  try {
    const fifoQueues = new SqsRedriveQueues(cloud.sqs);
    const { queue, dlq } = await cloud.createQueueWithDlq('orders.fifo');
    for (const body of ['a/1', 'b/1', 'a/2', 'a/3']) {
      await cloud.sqs.send(
        new SendMessageCommand({
          QueueUrl: queue.url,
          MessageBody: body,
          MessageGroupId: body.slice(0, 1),
          MessageDeduplicationId: `sent as ${body}`,
        }),
      );
    }
    await until(async () => {
      await received(queue.url, cloud.sqs);
      return unequal('messages in the DLQ', (await fifoQueues.depth(dlq.url)).waiting, 4);
    });
    // What stands behind a message in its group may come with it, or after it.
    await until(async () => {
      const letters = await fifoQueues.receive(dlq.url, 10);
      expect(await moveLetters(fifoQueues, letters, dlq.url, queue.url)).toEqual({ kept: 0, failures: [] });
      const { waiting, hidden } = await fifoQueues.depth(dlq.url);
      return unequal('messages in the DLQ', waiting + hidden, 0);
    });

    const back: string[] = [];
    await until(async () => {
      const messages = await received(queue.url, cloud.sqs);
      for (const { Body = '', ReceiptHandle } of messages) {
        back.push(Body);
        await cloud.sqs.send(new DeleteMessageCommand({ QueueUrl: queue.url, ReceiptHandle }));
      }
      return unequal('messages that are back', back.length, 4);
    });
    expect(back.filter(body => body.startsWith('a'))).toEqual(['a/1', 'a/2', 'a/3']);
    expect(back).toContain('b/1');
  } finally {
    await cloud.stop();
  }
}, 60_000);

it.each([
  ['sent', 'SendMessage', []],
  ['deleted, though it was sent', 'DeleteMessage', ['a']],
])(
  'keeps a message that cannot be %s',
  async (_, broken, sent) => {
    const { queue, dlq } = await sqs.createQueueWithDlq('orders', 1);
    await dlq.send('a');
    const letters = await queues().receive(dlq.url, 10);
    sqs.broken.add(broken);
    const { kept, failures } = await moveLetters(queues(), letters, dlq.url, queue.url);

    expect(kept).toBe(1);
    expect(failures).toEqual([expect.any(DependencyDownError)]);
    expect(await queue.take()).toEqual(sent);
    expect(await queues().depth(dlq.url)).toEqual({ waiting: 0, hidden: 1 });
  },
  60_000,
);

it('counts what waits, and what is in flight', async () => {
  const { dlq } = await sqs.createQueueWithDlq('orders', 1);
  await dlq.sendAll(['a', 'b', 'c']);
  await queues().receive(dlq.url, 1);
  expect(await queues().depth(dlq.url)).toEqual({ waiting: 2, hidden: 1 });
});

it('says that nothing is left', async () => {
  const { dlq } = await sqs.createQueueWithDlq('orders', 1);
  expect(await queues().receive(dlq.url, 10)).toEqual([]);
});
