import {
  DeleteMessageBatchCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandOutput,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { EndpointUnderTest } from './endpoint-under-test.ts';

let cloud: EndpointUnderTest;

beforeAll(async () => {
  cloud = await EndpointUnderTest.start();
});

afterAll(() => cloud.stop());

function receive(url: string, options?: { abortSignal: AbortSignal }) {
  return cloud.endpoint.directQueues.send(
    new ReceiveMessageCommand({ QueueUrl: url, MessageAttributeNames: ['All'], WaitTimeSeconds: 20 }),
    options,
  ) as Promise<ReceiveMessageCommandOutput>;
}

it('give what the SDK gives over the wire, each time', async () => {
  const queue = await cloud.createQueue('direct');
  const attributes = {
    eventType: { DataType: 'String', StringValue: 'order_placed' },
    digest: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 1, 255]) },
  };
  await cloud.sqs.send(
    new SendMessageCommand({ QueueUrl: queue.url, MessageBody: 'order', MessageAttributes: attributes }),
  );
  const [overTheWire] = await cloud.receive(queue, { visibilityTimeout: 0 });

  const { Messages: [direct] = [] } = await receive(queue.url);

  expect(direct).toMatchObject({
    MessageId: overTheWire?.MessageId,
    Body: 'order',
    MD5OfBody: overTheWire?.MD5OfBody,
  });
  expect(direct?.MessageAttributes?.eventType).toEqual(attributes.eventType);
  expect([...(direct?.MessageAttributes?.digest?.BinaryValue ?? [])]).toEqual([0, 1, 255]);

  await cloud.endpoint.directQueues.send(
    new DeleteMessageBatchCommand({
      QueueUrl: queue.url,
      Entries: [{ Id: 'one', ReceiptHandle: direct?.ReceiptHandle }],
    }),
  );
  expect(await cloud.attributes(queue)).toMatchObject({
    ApproximateNumberOfMessages: '0',
    ApproximateNumberOfMessagesNotVisible: '0',
  });
});

it('leave the stored message as it is', async () => {
  const queue = await cloud.createQueue('untouched');
  await cloud.sqs.send(
    new SendMessageCommand({
      QueueUrl: queue.url,
      MessageBody: 'order',
      MessageAttributes: { digest: { DataType: 'Binary', BinaryValue: new Uint8Array([7]) } },
    }),
  );
  const { Messages: [direct] = [] } = await receive(queue.url);
  await cloud.endpoint.directQueues.send({
    constructor: { name: 'ChangeMessageVisibilityCommand' },
    input: { QueueUrl: queue.url, ReceiptHandle: direct?.ReceiptHandle, VisibilityTimeout: 0 },
  });

  const [again] = await cloud.receive(queue);

  expect([...(again?.MessageAttributes?.digest?.BinaryValue ?? [])]).toEqual([7]);
});

it('end a wait that is given up, and keep the message that comes then', async () => {
  const queue = await cloud.createQueue('given-up');
  const controller = new AbortController();
  const ended = expect(receive(queue.url, { abortSignal: controller.signal })).rejects.toMatchObject({
    name: 'AbortError',
  });

  controller.abort();
  await ended;
  await cloud.sqs.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: 'for the next' }));

  const { Messages: [next] = [] } = await receive(queue.url);
  expect(next?.Body).toBe('for the next');
});

it('fail as the service does', async () => {
  await expect(receive(`${cloud.endpoint.url}/000000000000/nowhere`)).rejects.toThrow(
    'The specified queue does not exist.',
  );
});

it('refuse what they are not for', async () => {
  await expect(cloud.endpoint.directQueues.send(new ListQueuesCommand({}))).rejects.toThrow(
    'AmazonSQS.ListQueues is not answered within this process; use the endpoint.',
  );
});
