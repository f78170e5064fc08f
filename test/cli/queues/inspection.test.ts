import { inspect } from '../../../cli/queues/inspection.ts';
import { CloudUnderTest, order } from '../cloud-under-test.ts';
import { queuesWith } from '../queues-with.ts';

const signal = new AbortController().signal;

describe('inspect', () => {
  let cloud: CloudUnderTest;

  beforeAll(async () => {
    cloud = await CloudUnderTest.start();
  });
  afterAll(() => cloud.stop());

  it('shows depth, and of each message type, id, receives and times, oldest first', async () => {
    const { queue, dlq } = await cloud.createPair('seen');
    await cloud.fail(queue, dlq, [order('1002')]);
    await cloud.fail(queue, dlq, [order('7', 'order_canceled'), order('8')]);

    const inspection = await inspect(cloud.queues, dlq, { sampleSize: 10, signal });

    expect(inspection.state.visible).toBe(3);
    expect(inspection.sample[0]).toMatchObject({ type: 'order_placed', subject: '1002' });
    expect(inspection.sample[0]?.receiveCount).toBeGreaterThanOrEqual(2);
    const { sentAt = Number.NaN, firstReceivedAt } = inspection.sample[0] ?? {};
    expect(firstReceivedAt).toBeGreaterThanOrEqual(sentAt);
    expect(inspection.oldestSentAt).toBe(inspection.sample[0]?.sentAt);
    expect(inspection.types).toEqual([
      { type: 'order_placed', count: 2 },
      { type: 'order_canceled', count: 1 },
    ]);
  });

  it('consumes nothing and hides nothing', async () => {
    const { queue, dlq } = await cloud.createPair('kept');
    await cloud.fail(queue, dlq, [order('1'), order('2')]);

    await inspect(cloud.queues, dlq, { sampleSize: 10, signal });

    expect(await cloud.queues.state(dlq)).toMatchObject({ visible: 2, inFlight: 0 });
    const again = await inspect(cloud.queues, dlq, { sampleSize: 10, signal });
    expect(again.sample).toHaveLength(2);
  });

  it('looks at no more than asked, over several receives', async () => {
    const { queue, dlq } = await cloud.createPair('many');
    await cloud.fail(
      queue,
      dlq,
      Array.from({ length: 30 }, (_, index) => order(`${index}`)),
    );

    const { sample } = await inspect(cloud.queues, dlq, { sampleSize: 25, signal });

    expect(new Set(sample.map(({ messageId }) => messageId)).size).toBe(25);
  });

  it('does not receive at all for a sample of none', async () => {
    const { queue, dlq } = await cloud.createPair('untouched');
    await cloud.fail(queue, dlq, [order('1')]);
    let receives = 0;
    const receive = async () => {
      receives += 1;
      return [];
    };

    const { state, sample } = await inspect(queuesWith(cloud.queues, { receive }), dlq, {
      sampleSize: 0,
      signal,
    });

    expect({ visible: state.visible, sample, receives }).toEqual({ visible: 1, sample: [], receives: 0 });
  });

  it('does not look where looking could push a message on to the next DLQ', async () => {
    const { queue, dlq } = await cloud.createPair('chained');
    await cloud.fail(queue, dlq, [order('1')]);
    const last = await cloud.createQueue('chained-last');
    await cloud.deadLetterTo(dlq, last);

    const { sample, notes } = await inspect(cloud.queues, dlq, { sampleSize: 10, signal });

    expect(sample).toEqual([]);
    expect(notes).toEqual([expect.stringContaining('Not sampled')]);
    expect(cloud.bodies(dlq)).toHaveLength(1);
  });

  it('says so when the sample could not be released', async () => {
    const { queue, dlq } = await cloud.createPair('stuck');
    await cloud.fail(queue, dlq, [order('1')]);

    const { sample, notes } = await inspect(
      queuesWith(cloud.queues, { release: () => Promise.reject(new Error('AccessDenied')) }),
      dlq,
      { sampleSize: 10, signal },
    );

    expect(sample).toHaveLength(1);
    expect(notes).toEqual([expect.stringContaining('stay hidden for up to 30 s')]);
  });

  it('releases what it has received when the next receive fails', async () => {
    const { queue, dlq } = await cloud.createPair('broken');
    await cloud.fail(
      queue,
      dlq,
      Array.from({ length: 15 }, (_, index) => order(`${index}`)),
    );
    let receives = 0;
    const queues = queuesWith(cloud.queues, {
      receive: (...args) => {
        receives += 1;
        return receives === 1 ? cloud.queues.receive(...args) : Promise.reject(new Error('down'));
      },
    });

    await expect(inspect(queues, dlq, { sampleSize: 20, signal })).rejects.toThrow('down');
    expect(await cloud.queues.state(dlq)).toMatchObject({ visible: 15, inFlight: 0 });
  });
});
