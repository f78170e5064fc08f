import {
  CancelMessageMoveTaskCommand,
  ListMessageMoveTasksCommand,
  SendMessageCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { EndpointUnderTest, eventually, type TestQueue } from '../endpoint-under-test.ts';

let cloud: EndpointUnderTest;

beforeAll(async () => {
  cloud = await EndpointUnderTest.start();
});

afterAll(() => cloud.stop());

function start(source: TestQueue, options: { rate?: number; destination?: TestQueue } = {}) {
  return cloud.sqs.send(
    new StartMessageMoveTaskCommand({
      SourceArn: source.arn,
      ...(options.rate === undefined ? {} : { MaxNumberOfMessagesPerSecond: options.rate }),
      ...(options.destination === undefined ? {} : { DestinationArn: options.destination.arn }),
    }),
  );
}

async function latest(source: TestQueue) {
  const { Results: [task] = [] } = await cloud.sqs.send(
    new ListMessageMoveTasksCommand({ SourceArn: source.arn }),
  );
  return task;
}

function completed(source: TestQueue) {
  return eventually(async () => {
    const task = await latest(source);
    return task?.Status === 'COMPLETED' && task;
  });
}

async function send(queue: TestQueue, body: string): Promise<string | undefined> {
  const { MessageId } = await cloud.sqs.send(
    new SendMessageCommand({
      QueueUrl: queue.url,
      MessageBody: body,
      MessageAttributes: { eventType: { DataType: 'String', StringValue: 'order_placed' } },
    }),
  );
  return MessageId;
}

it('moves messages back to the queue that gave them up, under new ids and with no receives', async () => {
  const { queue, dlq } = await cloud.createQueueWithDlq('move-back');
  const originalId = await send(queue, 'order 1002');
  await cloud.deadLetter(queue);

  await start(dlq);
  const task = await completed(dlq);

  expect(task).toMatchObject({
    SourceArn: dlq.arn,
    ApproximateNumberOfMessagesMoved: 1,
    ApproximateNumberOfMessagesToMove: 1,
    StartedTimestamp: expect.any(Number),
  });
  expect(task.TaskHandle).toBeUndefined();
  const [message, ...others] = await cloud.receive(queue);
  expect(others).toEqual([]);
  expect(message).toMatchObject({
    Body: 'order 1002',
    MessageAttributes: { eventType: { DataType: 'String', StringValue: 'order_placed' } },
    Attributes: { ApproximateReceiveCount: '1' },
  });
  expect(message?.MessageId).not.toBe(originalId);
});

it('gives each message back to its own queue when several share a dead-letter queue', async () => {
  const { queue: one, dlq } = await cloud.createQueueWithDlq('shared-one');
  const other = await cloud.createQueue('shared-other', {
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dlq.arn, maxReceiveCount: '1' }),
  });
  await send(one, 'of one');
  await send(other, 'of the other');
  await cloud.deadLetter(one);
  await cloud.deadLetter(other);

  await start(dlq);
  await completed(dlq);

  expect((await cloud.receive(one)).map(({ Body }) => Body)).toEqual(['of one']);
  expect((await cloud.receive(other)).map(({ Body }) => Body)).toEqual(['of the other']);
});

it('moves to a queue of choice', async () => {
  const { dlq } = await cloud.createQueueWithDlq('by-choice');
  const workbench = await cloud.createQueue('workbench');
  await send(dlq, 'put there by hand');

  await start(dlq, { destination: workbench });

  expect(await completed(dlq)).toMatchObject({ DestinationArn: workbench.arn });
  expect((await cloud.receive(workbench)).map(({ Body }) => Body)).toEqual(['put there by hand']);
});

it('fails, and leaves the message, where it does not know whence it came', async () => {
  const { dlq } = await cloud.createQueueWithDlq('unknown-source');
  await send(dlq, 'put there by hand');

  await start(dlq);

  expect(
    await eventually(async () => {
      const task = await latest(dlq);
      return task?.Status === 'FAILED' && task;
    }),
  ).toMatchObject({ FailureReason: 'CouldNotDetermineMessageSource', ApproximateNumberOfMessagesMoved: 0 });
  expect((await cloud.attributes(dlq)).ApproximateNumberOfMessages).toBe('1');
});

it('keeps to its rate, can be canceled on the way, and refuses a second task meanwhile', async () => {
  const { dlq } = await cloud.createQueueWithDlq('slow');
  const workbench = await cloud.createQueue('slow-workbench');
  for (let number = 0; number < 5; number += 1) {
    await send(dlq, `order ${number}`);
  }

  const { TaskHandle } = await start(dlq, { rate: 1, destination: workbench });

  expect(await latest(dlq)).toMatchObject({
    Status: 'RUNNING',
    TaskHandle,
    MaxNumberOfMessagesPerSecond: 1,
    ApproximateNumberOfMessagesToMove: 5,
  });
  await expect(start(dlq)).rejects.toMatchObject({
    name: 'InvalidParameterValue',
    message: expect.stringContaining('There is already a task running'),
  });
  expect(await cloud.sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle }))).toMatchObject({
    ApproximateNumberOfMessagesMoved: 0,
  });
  expect(await latest(dlq)).toMatchObject({ Status: 'CANCELLED' });
  await expect(cloud.sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
  expect((await cloud.attributes(dlq)).ApproximateNumberOfMessages).toBe('5');
});

it('moves what was there when it began, not what comes meanwhile', async () => {
  const { dlq } = await cloud.createQueueWithDlq('meanwhile');
  const workbench = await cloud.createQueue('meanwhile-workbench');
  await send(dlq, 'there before');

  await start(dlq, { rate: 1, destination: workbench });
  await send(dlq, 'came meanwhile');
  await completed(dlq);

  expect((await cloud.receive(workbench)).map(({ Body }) => Body)).toEqual(['there before']);
  expect((await cloud.receive(dlq)).map(({ Body }) => Body)).toEqual(['came meanwhile']);
});

it('refuses a queue that is no dead-letter queue of another queue', async () => {
  await expect(start(await cloud.createQueue('no-dlq'))).rejects.toMatchObject({
    name: 'InvalidParameterValue',
    message: 'Source queue must be configured as a Dead Letter Queue.',
  });
});

it('refuses a source and a destination that do not exist', async () => {
  const nowhere = { url: '', arn: 'arn:aws:sqs:us-east-1:000000000000:nowhere' };
  const { dlq } = await cloud.createQueueWithDlq('no-destination');

  await expect(start(nowhere)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await expect(start(dlq, { destination: nowhere })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: "The resource that you specified for the DestinationArn parameter doesn't exist.",
  });
});

it.each([0, 501])('refuses a rate of %d a second', async rate => {
  const { dlq } = await cloud.createQueueWithDlq(`rate-${rate}`);

  await expect(start(dlq, { rate })).rejects.toMatchObject({ name: 'InvalidParameterValue' });
});

it('keeps groups in order when it moves between FIFO queues', async () => {
  const { queue, dlq } = await cloud.createQueueWithDlq('in-order.fifo');
  for (const step of ['placed', 'paid', 'shipped']) {
    await cloud.sqs.send(
      new SendMessageCommand({
        QueueUrl: dlq.url,
        MessageBody: step,
        MessageGroupId: 'order-1',
        MessageDeduplicationId: step,
      }),
    );
  }

  await start(dlq, { destination: queue });
  await completed(dlq);

  expect((await cloud.receive(queue)).map(({ Body }) => Body)).toEqual(['placed', 'paid', 'shipped']);
});
