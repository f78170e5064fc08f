import { MessageGoneError } from '../../../worker/polling/job-queue.ts';
import { SqsJobQueue } from '../../../worker/polling/sqs-job-queue.ts';
import { LocalSqs, region, type TestQueue } from '../support/local-sqs.ts';
import { until } from '../support/until.ts';

let sqs: LocalSqs;
let queue: TestQueue;
let jobs: SqsJobQueue;
let queues = 0;
const { signal } = new AbortController();

beforeAll(async () => {
  sqs = await LocalSqs.start();
});
afterAll(() => sqs.close());
beforeEach(async () => {
  queue = await sqs.createQueue(`jobs-${++queues}`);
  jobs = new SqsJobQueue({ url: queue.url, region, visibilitySeconds: 1, longPollSeconds: 1 });
  sqs.calls.clear();
  sqs.broken.clear();
});
afterEach(() => jobs.close());

describe('SqsJobQueue', () => {
  it('receives messages with what a job needs to know', async () => {
    const before = Date.now();
    await queue.send('{"a":1}', { correlation_id: 'c-1' });

    const [message] = await jobs.receive(10, signal);

    expect(message).toMatchObject({
      body: '{"a":1}',
      receiveCount: 1,
      attributes: { correlation_id: 'c-1' },
    });
    expect(message?.sentAt.getTime()).toBeGreaterThanOrEqual(before - 1_000);
  });

  it('hides what it receives for the visibility timeout', async () => {
    await queue.send('a');
    await jobs.receive(1, signal);
    expect(await queue.take()).toEqual([]);
    const [again] = await until('the message comes back', async () => {
      const messages = await jobs.receive(1, signal);
      return messages.length > 0 && messages;
    });
    expect(again?.receiveCount).toBe(2);
  });

  it('waits for a message that comes later', async () => {
    const received = jobs.receive(1, signal);
    await queue.send('late');
    expect(await received).toHaveLength(1);
    expect(sqs.callsOf('ReceiveMessage')).toBe(1);
  });

  it('deletes messages, those of one moment in one call', async () => {
    await queue.sendAll([1, 2, 3, 4, 5]);
    const messages = await jobs.receive(10, signal);
    await Promise.all(messages.map(message => jobs.delete(message)));
    expect(await queue.isEmpty()).toBe(true);
    expect(sqs.callsOf('DeleteMessageBatch')).toBe(1);
  });

  it('shows a message to others at once', async () => {
    await queue.send('a');
    const [message] = await jobs.receive(1, signal);
    if (message === undefined) throw new Error('Nothing received');
    await jobs.hide(message, 0);
    expect(await queue.depth()).toEqual({ visible: 1, hidden: 0 });
  });

  it('says when a message is gone', async () => {
    await queue.send('a');
    const [message] = await jobs.receive(1, signal);
    if (message === undefined) throw new Error('Nothing received');
    await jobs.delete(message);
    await expect(jobs.hide(message, 10)).rejects.toThrow(MessageGoneError);
  });

  it('tries settling calls three times, receiving once: the poll loop makes the pauses', async () => {
    await queue.send('a');
    const [message] = await jobs.receive(1, signal);
    if (message === undefined) throw new Error('Nothing received');
    sqs.calls.clear();
    for (const action of ['ReceiveMessage', 'DeleteMessageBatch']) sqs.broken.add(action);
    await expect(jobs.receive(1, signal)).rejects.toThrow();
    await expect(jobs.delete(message)).rejects.toThrow();
    expect(sqs.callsOf('ReceiveMessage')).toBe(1);
    expect(sqs.callsOf('DeleteMessageBatch')).toBe(3);
  });

  it('hangs up when told', async () => {
    const hangUp = new AbortController();
    const received = jobs.receive(1, hangUp.signal);
    await until('the call is under way', () => sqs.callsOf('ReceiveMessage') === 1);
    hangUp.abort();
    await expect(received).rejects.toThrow('abort');
  });
});
