import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { InvocationResult } from '../../../local/functions/invocation.ts';
import {
  type BatchInvoker,
  EventSourceMapping,
  type MappingServices,
} from '../../../local/mappings/event-source-mapping.ts';
import type { BatchOutcome, MappingFault, MessagesFiltered } from '../../../local/mappings/mapping-events.ts';
import { InvalidMapping, type MappingSpec } from '../../../local/mappings/mapping-spec.ts';
import type { SqsEvent, SqsRecord } from '../../../local/mappings/sqs-record.ts';
import { clientOf, QueueEndpoint, type TestQueue } from './queue-endpoint.ts';

// Visibility timeouts pass in real time, and slowly on a busy machine.

let endpoint: QueueEndpoint;
const mappings: EventSourceMapping[] = [];

beforeAll(async () => {
  endpoint = await QueueEndpoint.start();
});

afterEach(async () => {
  await Promise.all(mappings.splice(0).map(mapping => mapping.stop()));
});

afterAll(() => endpoint.stop());

const success = (answer: unknown = null): InvocationResult => ({
  outcome: 'success',
  requestId: 'request',
  durationMs: 1,
  payload: JSON.stringify(answer),
});

const failure = (outcome: 'error' | 'throttled'): InvocationResult => ({
  outcome,
  requestId: 'request',
  durationMs: 1,
  error: { errorType: 'Broken', errorMessage: 'as told', trace: [] },
});

/** A function in this process that keeps what it was invoked with. */
function consumer(handle: (records: readonly SqsRecord[]) => InvocationResult | Promise<InvocationResult>) {
  const batches: (readonly SqsRecord[])[] = [];
  let running = 0;
  let mostAtOnce = 0;
  const invoke: BatchInvoker = async (_functionName, event: SqsEvent) => {
    batches.push(event.Records);
    running += 1;
    mostAtOnce = Math.max(mostAtOnce, running);
    try {
      return await handle(event.Records);
    } finally {
      running -= 1;
    }
  };
  return {
    invoke,
    batches,
    bodies: () => batches.flat().map(({ body }) => body),
    mostAtOnce: () => mostAtOnce,
  };
}

function mappingOf(
  queue: TestQueue,
  services: Partial<MappingServices>,
  overrides: Partial<MappingSpec> = {},
) {
  const mapping = new EventSourceMapping(
    { queueUrl: queue.url, queueArn: queue.arn, functionName: 'consumer', ...overrides },
    { sqs: endpoint.client, invoke: async () => success(), ...services },
  );
  mappings.push(mapping);
  const seen = {
    outcomes: [] as BatchOutcome[],
    faults: [] as MappingFault[],
    filtered: [] as MessagesFiltered[],
  };
  mapping.events.on('outcome', outcome => seen.outcomes.push(outcome));
  mapping.events.on('fault', fault => seen.faults.push(fault));
  mapping.events.on('filtered', filtered => seen.filtered.push(filtered));
  return { mapping, seen };
}

async function until(condition: () => boolean | Promise<boolean>, timeoutMs = 20_000): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`Still not so after ${timeoutMs} ms: ${condition}`);
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

const numbers = (count: number) => Array.from({ length: count }, (_, place) => String(place));

describe('EventSourceMapping', () => {
  it('hands messages to the function in the shape that Lambda gives them, and deletes them', async () => {
    const queue = await endpoint.createQueue();
    await endpoint.client.send(
      new SendMessageCommand({
        QueueUrl: queue.url,
        MessageBody: '{"order":1}',
        MessageAttributes: {
          eventType: { DataType: 'String', StringValue: 'order_placed' },
          seal: { DataType: 'Binary', BinaryValue: Buffer.from('wax') },
        },
      }),
    );
    const { invoke, batches } = consumer(() => success());
    const { mapping, seen } = mappingOf(queue, { invoke });

    await mapping.start();
    await until(() => seen.outcomes.length === 1);

    expect(batches).toEqual([
      [
        {
          messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          receiptHandle: expect.any(String),
          body: '{"order":1}',
          attributes: {
            ApproximateReceiveCount: '1',
            SentTimestamp: expect.stringMatching(/^\d{13}$/),
            SenderId: expect.any(String),
            ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
          },
          messageAttributes: {
            eventType: {
              stringValue: 'order_placed',
              stringListValues: [],
              binaryListValues: [],
              dataType: 'String',
            },
            seal: { binaryValue: 'd2F4', stringListValues: [], binaryListValues: [], dataType: 'Binary' },
          },
          md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
          md5OfBody: '190ad5fd0596a0629a0aa256937135a3',
          eventSource: 'aws:sqs',
          eventSourceARN: queue.arn,
          awsRegion: 'us-east-1',
        },
      ],
    ]);
    expect(await endpoint.depth(queue.url)).toBe(0);
  });

  it('takes no more than the batch size and drains the queue', async () => {
    const queue = await endpoint.createQueue({ VisibilityTimeout: '30' });
    await endpoint.send(queue.url, numbers(25));
    const { invoke, batches, bodies } = consumer(() => success());
    const { mapping } = mappingOf(queue, { invoke }, { batchSize: 4 });

    await mapping.start();
    await until(async () => (await endpoint.depth(queue.url)) === 0);

    expect(Math.max(...batches.map(batch => batch.length))).toBe(4);
    expect(bodies().toSorted()).toEqual(numbers(25).toSorted());
  });

  it('gathers a batch over its window, beyond what one receive gives', async () => {
    const queue = await endpoint.createQueue({ VisibilityTimeout: '30' });
    const { invoke, batches } = consumer(() => success());
    const { mapping } = mappingOf(queue, { invoke }, { batchSize: 100, maximumBatchingWindowSeconds: 1 });

    await mapping.start();
    await endpoint.send(queue.url, numbers(25));
    await until(() => batches.length > 0);

    expect(batches.map(batch => batch.length)).toEqual([25]);
  });

  it('invokes before the window ends when the batch is full', async () => {
    const queue = await endpoint.createQueue({ VisibilityTimeout: '30' });
    await endpoint.send(queue.url, numbers(12));
    const { invoke, batches } = consumer(() => success());
    const { mapping } = mappingOf(queue, { invoke }, { batchSize: 12, maximumBatchingWindowSeconds: 300 });

    await mapping.start();
    await until(() => batches.length > 0);

    expect(batches[0]).toHaveLength(12);
  });

  it.each([
    ['there are pollers', { pollers: 4 }, {}, 4],
    ['the maximum concurrency allows', { pollers: 6 }, { maximumConcurrency: 2 }, 2],
  ])(
    'runs as many batches at once as %s while there is a backlog',
    async (_case, services, overrides, expected) => {
      const queue = await endpoint.createQueue({ VisibilityTimeout: '30' });
      await endpoint.send(queue.url, numbers(80));
      const hold = Promise.withResolvers<void>();
      const slow = consumer(async () => {
        await hold.promise;
        return success();
      });
      const { mapping, seen } = mappingOf(queue, { invoke: slow.invoke, ...services }, overrides);

      await mapping.start();
      await until(() => slow.batches.length === expected);
      hold.resolve();
      await until(async () => (await endpoint.depth(queue.url)) === 0);

      expect(slow.mostAtOnce()).toBe(expected);
      expect(seen.outcomes.reduce((sum, { succeeded }) => sum + succeeded, 0)).toBe(80);
    },
  );

  it('splits a batch whose event would exceed 6 MB', async () => {
    const queue = await endpoint.createQueue({ VisibilityTimeout: '30' });
    for (let sent = 0; sent < 10; sent += 1) await endpoint.send(queue.url, ['x'.repeat(1_000_000)]);
    const { invoke, batches } = consumer(() => success());
    const { mapping } = mappingOf(queue, { invoke });

    await mapping.start();
    await until(async () => (await endpoint.depth(queue.url)) === 0);

    expect(batches.map(batch => batch.length)).toEqual([6, 4]);
  });

  it('waits in a receive while the queue is empty, and hears a message at once', async () => {
    const queue = await endpoint.createQueue();
    const { invoke, batches } = consumer(() => success());
    const { mapping } = mappingOf(queue, { invoke });
    await mapping.start();

    const sentAt = performance.now();
    await endpoint.send(queue.url, ['1']);
    await until(() => batches.length === 1);

    expect(performance.now() - sentAt).toBeLessThan(3_000);
  });
});

describe('EventSourceMapping, failures of the function', () => {
  const namingFailures = (isFailed: (record: SqsRecord) => boolean) => (records: readonly SqsRecord[]) =>
    success({
      batchItemFailures: records.filter(isFailed).map(record => ({ itemIdentifier: record.messageId })),
    });

  it('deletes the successes of a batch and delivers its failures again after the visibility timeout', async () => {
    const queue = await endpoint.createQueue();
    const [, poison] = await endpoint.send(queue.url, ['1001', '1002', '1003']);
    const { invoke, bodies, batches } = consumer(
      namingFailures(({ body, attributes }) => body === '1002' && attributes.ApproximateReceiveCount === '1'),
    );
    const { mapping, seen } = mappingOf(queue, { invoke }, { reportBatchItemFailures: true });

    await mapping.start();
    await until(() => batches.length === 2);
    await until(async () => (await endpoint.depth(queue.url)) === 0);

    expect(bodies()).toEqual(['1001', '1002', '1003', '1002']);
    expect(batches[1]?.[0]?.attributes.ApproximateReceiveCount).toBe('2');
    expect(seen.outcomes[0]).toEqual({
      functionName: 'consumer',
      queueArn: queue.arn,
      result: 'partial',
      succeeded: 2,
      failed: 1,
      failedMessageIds: [poison],
    });
  });

  it('lets a message that always fails reach the dead-letter queue alone', async () => {
    const deadLetters = await endpoint.createQueue();
    const queue = await endpoint.createQueue({
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: 2 }),
    });
    await endpoint.send(queue.url, ['1001', '1002', '1003']);
    const { invoke, bodies } = consumer(namingFailures(({ body }) => body === '1002'));
    const { mapping } = mappingOf(queue, { invoke }, { reportBatchItemFailures: true });

    await mapping.start();
    await until(async () => (await endpoint.depth(deadLetters.url)) === 1);

    expect(await endpoint.depth(queue.url)).toBe(0);
    expect(bodies()).toEqual(['1001', '1002', '1003', '1002']);
  });

  it.each([
    ['every message is named', namingFailures(() => true), undefined],
    [
      'the answer names no message of the batch',
      () => success({ batchItemFailures: [{ itemIdentifier: '?' }] }),
      'no message of the batch',
    ],
    ['the invocation fails', () => failure('error'), 'Broken: as told'],
  ])('keeps the whole batch when %s', async (_case, handle, reason) => {
    const queue = await endpoint.createQueue();
    await endpoint.send(queue.url, ['1', '2']);
    const { invoke } = consumer(handle);
    const { mapping, seen } = mappingOf(queue, { invoke }, { reportBatchItemFailures: true });

    await mapping.start();
    await until(() => seen.outcomes.length > 0);

    expect(seen.outcomes[0]).toMatchObject({ result: 'failure', succeeded: 0, failed: 2 });
    expect(seen.outcomes[0]?.reason ?? '').toContain(reason ?? '');
    expect(await endpoint.depth(queue.url)).toBe(2);
  });

  it('ignores item failures when the mapping does not report them', async () => {
    const queue = await endpoint.createQueue();
    await endpoint.send(queue.url, ['1']);
    const { invoke } = consumer(namingFailures(() => true));
    const { mapping, seen } = mappingOf(queue, { invoke });

    await mapping.start();
    await until(() => seen.outcomes.length === 1);

    expect(await endpoint.depth(queue.url)).toBe(0);
  });

  it('tries a throttled batch again while its messages stay invisible', async () => {
    const queue = await endpoint.createQueue({ VisibilityTimeout: '30' });
    await endpoint.send(queue.url, ['1']);
    let calls = 0;
    const { invoke, batches } = consumer(() => {
      calls += 1;
      return calls < 3 ? failure('throttled') : success();
    });
    const { mapping, seen } = mappingOf(queue, { invoke });

    await mapping.start();
    await until(() => seen.outcomes.length === 1);

    expect(batches.flat().map(({ attributes }) => attributes.ApproximateReceiveCount)).toEqual([
      '1',
      '1',
      '1',
    ]);
    expect(seen.outcomes).toEqual([expect.objectContaining({ result: 'success' })]);
  });

  it('reports an invoker that rejects and goes on', async () => {
    const queue = await endpoint.createQueue();
    await endpoint.send(queue.url, ['1']);
    let calls = 0;
    const { invoke } = consumer(() => {
      calls += 1;
      if (calls === 1) throw new Error('no such function');
      return success();
    });
    const { mapping, seen } = mappingOf(queue, { invoke });

    await mapping.start();
    await until(async () => (await endpoint.depth(queue.url)) === 0);

    expect(seen.faults).toEqual([
      expect.objectContaining({ operation: 'invoke', error: new Error('no such function') }),
    ]);
  });
});

describe('EventSourceMapping, FIFO queues', () => {
  it('never has two batches of a group in hand, and keeps the order of each group', async () => {
    const queue = await endpoint.createQueue({ VisibilityTimeout: '30' }, true);
    const bodies = ['a', 'b', 'c'].flatMap(group => numbers(6).map(place => `${group}${place}`));
    await endpoint.send(queue.url, bodies, ([group = '']) => group);
    const inHand = new Set<string>();
    const overlaps: string[] = [];
    const {
      invoke,
      bodies: received,
      batches,
    } = consumer(async records => {
      const groups = new Set(records.map(({ attributes }) => attributes.MessageGroupId ?? ''));
      for (const group of groups) {
        if (inHand.has(group)) overlaps.push(group);
        inHand.add(group);
      }
      await new Promise(resolve => setTimeout(resolve, 5));
      for (const group of groups) inHand.delete(group);
      return success();
    });
    const { mapping } = mappingOf(queue, { invoke, pollers: 4 }, { batchSize: 2 });

    await mapping.start();
    await until(async () => (await endpoint.depth(queue.url)) === 0);

    expect(overlaps).toEqual([]);
    for (const group of ['a', 'b', 'c']) {
      expect(received().filter(body => body.startsWith(group))).toEqual(
        bodies.filter(body => body.startsWith(group)),
      );
    }
    expect(batches[0]?.[0]?.attributes).toMatchObject({
      MessageGroupId: 'a',
      MessageDeduplicationId: 'a0',
      SequenceNumber: expect.any(String),
    });
  });

  it('leaves the rest of a batch alone when a part of it fails', async () => {
    const queue = await endpoint.createQueue({ VisibilityTimeout: '30' }, true);
    for (const group of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) {
      await endpoint.send(queue.url, [`${group}${'x'.repeat(1_000_000)}`], () => group);
    }
    const { invoke, batches } = consumer(() => failure('error'));
    const { mapping, seen } = mappingOf(queue, { invoke, pollers: 1 });

    await mapping.start();
    await until(() => seen.outcomes.length === 1);
    await mapping.stop();

    expect(batches.map(batch => batch.length)).toEqual([6]);
    expect(await endpoint.depth(queue.url)).toBe(8);
  });

  it('keeps a group apart even when its visibility timeout ends before its batch does', async () => {
    const queue = await endpoint.createQueue({ VisibilityTimeout: '1' }, true);
    await endpoint.send(queue.url, ['a0'], () => 'a');
    const hold = Promise.withResolvers<void>();
    const slow = consumer(async () => {
      await hold.promise;
      return success();
    });
    const received: string[] = [];
    const { mapping } = mappingOf(queue, { invoke: slow.invoke, pollers: 2 });
    mapping.events.on('received', batch => received.push(...batch.messageIds));

    await mapping.start();
    await until(() => received.length === 2);
    expect(slow.mostAtOnce()).toBe(1);
    hold.resolve();
    await until(async () => (await endpoint.depth(queue.url)) === 0);

    expect(slow.mostAtOnce()).toBe(1);
  });
});

describe('EventSourceMapping, filters', () => {
  it('deletes what no pattern names without invoking the function', async () => {
    const queue = await endpoint.createQueue();
    const ids = await endpoint.send(queue.url, ['{"type":"placed"}', '{"type":"logged_in"}', 'no JSON']);
    const { invoke, bodies } = consumer(() => success());
    const { mapping, seen } = mappingOf(
      queue,
      { invoke },
      { filterPatterns: ['{"body":{"type":["placed"]}}'] },
    );

    await mapping.start();
    await until(async () => (await endpoint.depth(queue.url)) === 0);

    expect(bodies()).toEqual(['{"type":"placed"}']);
    expect(seen.filtered.flatMap(({ messageIds }) => messageIds)).toEqual(ids.slice(1));
  });

  it('fails when made with a pattern that is not evaluated locally', async () => {
    const queue = await endpoint.createQueue();

    expect(() =>
      mappingOf(queue, {}, { filterPatterns: ['{"body":{"ip":[{"cidr":"10.0.0.0/8"}]}}'] }),
    ).toThrow(InvalidMapping);
  });
});

describe('EventSourceMapping, the endpoint', () => {
  it('fails to start on a queue that does not exist', async () => {
    const queue = await endpoint.createQueue();
    const { mapping } = mappingOf({ ...queue, url: `${queue.url}-missing` }, {});

    await expect(mapping.start()).rejects.toThrow(/queue does not exist/i);
  });

  it('backs off while the endpoint is down, says so, and goes on when it is back', async () => {
    let requests = 0;
    let isDown = true;
    const server = createServer((request, response) => {
      const target = String(request.headers['x-amz-target']);
      request.resume().on('end', () => {
        if (target.endsWith('GetQueueAttributes')) {
          response.end(JSON.stringify({ Attributes: { VisibilityTimeout: '30' } }));
          return;
        }
        requests += 1;
        if (isDown) response.statusCode = 500;
        response.end(isDown ? '{"__type":"InternalError"}' : '{}');
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const sqs = clientOf((server.address() as AddressInfo).port);
    const queue = { url: 'http://127.0.0.1/000000000000/q', arn: 'arn:aws:sqs:us-east-1:000000000000:q' };
    const { mapping, seen } = mappingOf(queue, { sqs });

    await mapping.start();
    await until(() => seen.faults.length === 3);
    const whileDown = requests;
    isDown = false;
    await until(() => requests > whileDown);
    await mapping.stop();
    sqs.destroy();
    server.closeAllConnections();
    server.close();

    expect(whileDown).toBe(3);
    expect(seen.faults.map(({ operation, consequence }) => `${operation}: ${consequence}`)).toEqual([
      'receive: trying again in 100 ms',
      'receive: trying again in 200 ms',
      'receive: trying again in 400 ms',
    ]);
  });

  it('does not ask without end an endpoint that answers at once with nothing', async () => {
    let receives = 0;
    const server = createServer((request, response) => {
      if (String(request.headers['x-amz-target']).endsWith('ReceiveMessage')) receives += 1;
      request.resume().on('end', () => response.end('{}'));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const sqs = clientOf((server.address() as AddressInfo).port);
    const queue = { url: 'http://127.0.0.1/000000000000/q', arn: 'arn:aws:sqs:us-east-1:000000000000:q' };
    const { mapping } = mappingOf(queue, { sqs });

    const startedAt = performance.now();
    await mapping.start();
    await until(() => performance.now() - startedAt > 1_000);
    await mapping.stop();
    sqs.destroy();
    server.closeAllConnections();
    server.close();

    expect(receives).toBeGreaterThan(2);
    expect(receives).toBeLessThan(20);
  });

  it('tells of processed messages that it could not delete', async () => {
    const queue = await endpoint.createQueue();
    await endpoint.send(queue.url, ['1']);
    const failing = clientOf(endpoint.port);
    failing.middlewareStack.add(
      (next, context) => args => {
        if (context.commandName === 'DeleteMessageBatchCommand') throw new Error('connection refused');
        return next(args);
      },
      { step: 'initialize' },
    );
    const { mapping, seen } = mappingOf(queue, { sqs: failing });

    await mapping.start();
    await until(() => seen.faults.length > 0);

    expect(seen.faults[0]).toMatchObject({
      operation: 'delete',
      error: { name: 'UndeletedMessages', messageIds: [expect.any(String)] },
      consequence: expect.stringContaining('delivered again'),
    });
  });

  it('stops without waiting for a long poll, after the batch in hand is done', async () => {
    const queue = await endpoint.createQueue({ VisibilityTimeout: '30' });
    await endpoint.send(queue.url, ['1']);
    let done = false;
    const { invoke, batches } = consumer(async () => {
      await new Promise(resolve => setTimeout(resolve, 100));
      done = true;
      return success();
    });
    const { mapping } = mappingOf(queue, { invoke });
    await mapping.start();
    await until(() => batches.length === 1);

    const stoppedAt = performance.now();
    await mapping.stop();

    expect(done).toBe(true);
    expect(performance.now() - stoppedAt).toBeLessThan(10_000);
    expect(await endpoint.depth(queue.url)).toBe(0);
  });
});
