import { type Message, SendMessageBatchCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import type { StoredMessage } from '../../../../local/emulators/message-store.ts';
import { noisyGroups } from '../../../../local/emulators/sqs/fair-groups.ts';
import { queueGauges } from '../../../../local/service-samples.ts';
import { EndpointUnderTest, eventually, type TestQueue } from '../endpoint-under-test.ts';

let cloud: EndpointUnderTest;

beforeAll(async () => {
  cloud = await EndpointUnderTest.start();
});

afterAll(() => cloud.stop());

const groupOf = ({ Attributes }: Message) => Attributes?.MessageGroupId;

async function send(queue: TestQueue, group: string | undefined, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += 10) {
    const Entries = Array.from({ length: Math.min(10, count - sent) }, (_, index) => ({
      Id: String(index),
      MessageBody: `${group} ${sent + index}`,
      ...(group !== undefined && { MessageGroupId: group }),
    }));
    await cloud.sqs.send(new SendMessageBatchCommand({ QueueUrl: queue.url, Entries }));
  }
}

describe('the message group on a standard queue', () => {
  it('comes with a message that was sent alone, in a batch, and late', async () => {
    const queue = await cloud.createQueue('grouped');
    await cloud.sqs.send(
      new SendMessageCommand({ QueueUrl: queue.url, MessageBody: 'alone', MessageGroupId: 'a' }),
    );
    await send(queue, 'b', 2);
    await send(queue, undefined, 1);
    await cloud.sqs.send(
      new SendMessageCommand({
        QueueUrl: queue.url,
        MessageBody: 'late',
        MessageGroupId: 'c',
        DelaySeconds: 1,
      }),
    );

    const messages = await cloud.receive(queue);
    const [late] = await eventually(async () => {
      const received = await cloud.receive(queue);
      return received.length > 0 && received;
    });

    expect(messages.map(groupOf)).toEqual(['a', 'b', 'b', undefined]);
    expect(late && groupOf(late)).toBe('c');
  });

  it('comes with a message for which somebody waits already', async () => {
    const queue = await cloud.createQueue('awaited', { ReceiveMessageWaitTimeSeconds: '20' });
    const receiving = cloud.receive(queue);
    // Answered after the receive was taken in, since both go over connections of the same client.
    await cloud.attributes(queue);
    await cloud.sqs.send(
      new SendMessageCommand({ QueueUrl: queue.url, MessageBody: 'awaited', MessageGroupId: 'a' }),
    );

    expect((await receiving).map(groupOf)).toEqual(['a']);
  });

  it('stays with a message that is given up', async () => {
    const { queue, dlq } = await cloud.createQueueWithDlq('given-up');
    await send(queue, 'a', 1);
    await cloud.deadLetter(queue);

    expect((await cloud.receive(dlq)).map(groupOf)).toEqual(['a']);
  });

  it.each(['', 'two words', 'x'.repeat(129), 'é'])('is refused where it is "%s"', async group => {
    const queue = await cloud.createQueue(`refused-${Buffer.from(group).toString('hex').slice(0, 40)}`);
    const alone = new SendMessageCommand({ QueueUrl: queue.url, MessageBody: 'x', MessageGroupId: group });

    await expect(cloud.sqs.send(alone)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    expect(await cloud.receive(queue)).toEqual([]);
  });
});

describe('a fair queue', () => {
  it('lets quiet groups, and messages without a group, overtake a noisy one, each in their order', async () => {
    const queue = await cloud.createQueue('fair');
    await send(queue, 'noisy', 25);
    await send(queue, 'quiet', 2);
    await send(queue, undefined, 1);

    const first = await cloud.receive(queue);
    const second = await cloud.receive(queue);

    expect(new Set(first.map(groupOf))).toEqual(new Set(['noisy']));
    expect(second.map(({ Body }) => Body)).toEqual([
      'quiet 0',
      'quiet 1',
      'undefined 0',
      ...Array.from({ length: 7 }, (_, index) => `noisy ${index + 10}`),
    ]);
  });

  it('serves the noisy group with the fewest messages in flight first, where all are noisy', async () => {
    const queue = await cloud.createQueue('all-noisy');
    await send(queue, 'many', 40);
    await send(queue, 'more', 20);

    const batches: unknown[] = [];
    for (let batch = 0; batch < 4; batch += 1) {
      batches.push([...new Set((await cloud.receive(queue)).map(groupOf))]);
    }

    expect(batches).toEqual([['many'], ['more'], ['many'], ['more']]);
  });

  it('serves groups in the order in which they came while none is noisy', async () => {
    const queue = await cloud.createQueue('in-order');
    await send(queue, 'busy', 9);
    await send(queue, 'other', 9);
    await cloud.receive(queue);

    expect((await cloud.receive(queue)).map(groupOf)).toEqual(Array(8).fill('other'));
  });

  it('no longer holds a group back when its messages are done', async () => {
    const queue = await cloud.createQueue('quiet-again');
    await send(queue, 'noisy', 12);
    await send(queue, 'quiet', 1);
    for (const message of await cloud.receive(queue)) await cloud.delete(queue, message);

    expect((await cloud.receive(queue)).map(groupOf)).toEqual(['noisy', 'noisy', 'quiet']);
  });

  it('loses no message, and delivers none twice, whoever is noisy', async () => {
    let queues = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('a', 'a', 'a', 'b', 'c', undefined), { maxLength: 60 }),
        async groups => {
          const queue = await cloud.createQueue(`shuffled-${++queues}`);
          for (const group of groups) await send(queue, group, 1);
          const received: string[] = [];
          for (;;) {
            const messages = await cloud.receive(queue);
            if (messages.length === 0) break;
            received.push(...messages.map(({ MessageId = '' }) => MessageId));
          }
          expect(received).toHaveLength(groups.length);
          expect(new Set(received).size).toBe(groups.length);
        },
      ),
      { numRuns: 10 },
    );
  });
});

describe('what is measured of a fair queue', () => {
  it('tells messages of quiet groups from all', async () => {
    const queue = await cloud.createQueue('measured');
    await send(queue, 'noisy', 15);
    await send(queue, 'quiet', 2);
    await cloud.receive(queue);

    const gauges = queueGauges(cloud.endpoint.store.queues, Date.now());

    expect(gauges.find(({ queueName }) => queueName === 'measured')).toMatchObject({
      visible: 7,
      notVisible: 10,
      fairness: { noisyGroups: 1, inQuietGroups: { visible: 2, notVisible: 0, delayed: 0 } },
    });
  });

  it('is nothing of a FIFO queue, whose groups are for order', async () => {
    await cloud.createQueue('measured.fifo', { FifoQueue: 'true' });

    const gauges = queueGauges(cloud.endpoint.store.queues, Date.now());

    expect(gauges.find(({ queueName }) => queueName === 'measured.fifo')).not.toHaveProperty('fairness');
  });
});

describe('noisyGroups', () => {
  const inFlight = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts).flatMap(([group, count]) =>
      Array.from({ length: count }, () => ({
        messageGroupId: group === 'none' ? undefined : group,
      })),
    ) as unknown as StoredMessage[];

  it.each([
    ['has ten messages in flight, and more than a tenth of all', { a: 10, b: 9 }, ['a']],
    ['has many, and so have others', { a: 20, b: 20 }, ['a', 'b']],
    ['none, where each has a tenth or less', Object.fromEntries([...'abcdefghij'].map(g => [g, 10])), []],
    ['none, where messages have no group', { none: 50 }, []],
  ])('is a group that %s', (_, counts, expected) => {
    expect([...noisyGroups(inFlight(counts)).keys()]).toEqual(expected);
  });
});
