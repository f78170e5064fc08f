import { AwsConnection } from '../../../cli/aws/connection.ts';
import { SqsQueues } from '../../../cli/aws/sqs-queues.ts';
import { TaskRunningError } from '../../../cli/queues/move-tasks.ts';
import { CloudUnderTest, order } from '../cloud-under-test.ts';

describe('on an AWS endpoint', () => {
  let cloud: CloudUnderTest;

  beforeAll(async () => {
    cloud = await CloudUnderTest.start();
  });
  afterAll(() => cloud.stop());

  describe('SqsQueues', () => {
    it('finds a queue with all that tells it apart, and none where there is none', async () => {
      const queue = await cloud.createQueue('found.fifo');

      expect(queue).toEqual({
        name: 'found.fifo',
        url: `${cloud.url}/000000000000/found.fifo`,
        arn: 'arn:aws:sqs:us-east-1:000000000000:found.fifo',
        region: 'us-east-1',
        fifo: true,
      });
      expect(await cloud.queues.find({ text: 'x', name: 'not-there' })).toBeUndefined();
    });

    it('lists names', async () => {
      await cloud.createQueue('listed');

      expect(await cloud.queues.names()).toContain('listed');
    });

    it('finds the queues that a DLQ serves, and the DLQ of a queue', async () => {
      const { queue, dlq } = await cloud.createPair('served');
      const second = await cloud.createSourceOf(dlq, 'served-too');

      const sources = await cloud.queues.sourcesOf(dlq);

      expect(sources).toHaveLength(2);
      expect(sources).toEqual(expect.arrayContaining([queue, second]));
      expect((await cloud.queues.state(queue)).deadLetterQueueArn).toBe(dlq.arn);
      expect((await cloud.queues.state(dlq)).deadLetterQueueArn).toBeUndefined();
    });

    it('carries body, attributes and FIFO ids from receive to send', async () => {
      const [from, to] = [await cloud.createQueue('carried.fifo'), await cloud.createQueue('target.fifo')];
      const attributes = {
        eventType: { DataType: 'String', StringValue: 'order_placed' },
        total: { DataType: 'Number.cents', StringValue: '9999' },
        digest: { DataType: 'Binary', BinaryValue: new Uint8Array([2, 3, 4]) },
      };
      await cloud.send(from, [{ body: 'a', attributes, groupId: 'g', deduplicationId: 'd' }]);
      const options = { maxMessages: 10, visibilityTimeoutSeconds: 30, waitSeconds: 0 };
      const sent = await cloud.queues.receive(from, options);

      expect(await cloud.queues.send(to, sent)).toEqual([]);

      const [arrived] = await cloud.queues.receive(to, options);
      expect(arrived).toMatchObject({ body: 'a', groupId: 'g', deduplicationId: 'd', receiveCount: 1 });
      expect(arrived?.attributes).toMatchObject({
        eventType: { dataType: 'String', value: 'order_placed' },
        total: { dataType: 'Number.cents', value: '9999' },
      });
      expect([...(arrived?.attributes.digest?.value ?? [])]).toEqual([2, 3, 4]);
    });

    it('tells which message of a batch was refused, and that it is for good', async () => {
      const queue = await cloud.createQueue('strict');
      const message = { attributes: {}, body: 'sound' };

      const failures = await cloud.queues.send(queue, [
        { ...message, id: 'm-1' },
        { ...message, id: 'm-2', body: '\u0000' },
      ]);

      expect(failures).toEqual([
        { id: 'm-2', reason: expect.stringContaining('InvalidMessageContents'), passing: false },
      ]);
      expect(cloud.bodies(queue)).toEqual(['sound']);
    });

    it('says that nothing listens', async () => {
      const nowhere = new SqsQueues(new AwsConnection({ endpoint: 'http://127.0.0.1:9', env: {} }));

      await expect(nowhere.find({ text: 'x', name: 'x' })).rejects.toThrow(
        'Nothing listens at http://127.0.0.1:9. Is the local cloud running? Start it with `npm start`',
      );
    });
  });

  describe('SqsMoveTasks', () => {
    it('starts, lists and cancels, and knows when a task is running', async () => {
      const { queue, dlq } = await cloud.createPair('moved');
      await cloud.fail(
        queue,
        dlq,
        Array.from({ length: 5 }, (_, index) => order(`${index}`)),
      );
      expect(await cloud.moveTasks.latest(dlq)).toBeUndefined();

      const handle = await cloud.moveTasks.start({ from: dlq, to: queue, ratePerSecond: 1 });

      expect(await cloud.moveTasks.latest(dlq)).toMatchObject({
        status: 'RUNNING',
        handle,
        toMove: 5,
        destinationArn: queue.arn,
        ratePerSecond: 1,
      });
      await expect(cloud.moveTasks.start({ from: dlq })).rejects.toThrow(TaskRunningError);
      expect(await cloud.moveTasks.cancel(dlq, handle)).toBe(true);
      expect(await cloud.moveTasks.cancel(dlq, handle)).toBe(false);
      expect((await cloud.moveTasks.latest(dlq))?.status).toBe('CANCELLED');
    });
  });

  describe('SnsSubscriptions', () => {
    it('finds the subscriptions that dead-letter to a queue, over more than a page of others', async () => {
      const [queue, dlq] = [await cloud.createQueue('wanted'), await cloud.createQueue('wanted-undelivered')];
      const arn = await cloud.subscribe('wanted-topic', queue.arn, dlq);
      await cloud.subscribeOthers('others', 100);

      expect(await cloud.subscriptions.deadLetteringTo(dlq.arn)).toEqual([
        {
          arn,
          deadLetterQueueArn: dlq.arn,
          topicArn: 'arn:aws:sns:us-east-1:000000000000:wanted-topic',
          protocol: 'sqs',
          endpoint: queue.arn,
        },
      ]);
    });
  });
});
