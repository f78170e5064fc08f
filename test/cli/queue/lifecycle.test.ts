import { CloudUnderTest } from '../cloud-under-test.ts';
import { runQueueTool } from '../run-queue-tool.ts';

describe("a queue's life from a terminal", () => {
  let cloud: CloudUnderTest;

  beforeAll(async () => {
    cloud = await CloudUnderTest.start();
  });
  afterAll(() => cloud.stop());

  it.each(['orders', 'ledger.fifo'])('is made, named, filled, read, emptied and deleted: %s', async name => {
    const queue = (...args: string[]) => runQueueTool([...args, '--endpoint', cloud.url]);
    const fifo = name.endsWith('.fifo');
    const url = `${cloud.url}/000000000000/${name}`;
    const arn = `arn:aws:sqs:us-east-1:000000000000:${name}`;

    expect(await queue('create', name)).toEqual({ code: 0, out: `${name}\n${url}\n${arn}\n`, err: '' });
    expect(await queue('url', name)).toMatchObject({ code: 0, out: `${url}\n` });
    expect(await queue('arn', url)).toMatchObject({ code: 0, out: `${arn}\n` });

    const sent = await queue(
      'send',
      arn,
      '{"event_type":"order_placed","order_id":"7"}',
      '--attribute',
      'eventType=order_placed',
      '--attribute',
      'total:Number.cents=9999',
      '--attribute',
      'digest:Binary=AQID',
      ...(fifo ? ['--group', 'account-1', '--dedup-id', 'd-1'] : []),
    );
    expect(sent.out).toMatch(new RegExp(`^Sent to ${name}: [0-9a-f-]{36}\n$`));

    const received = await queue('receive', name, '--json', '--wait', '20s', '--max', '1');
    const { messages } = JSON.parse(received.out) as { messages: [{ receiptHandle: string }] };
    expect(messages).toEqual([
      {
        id: expect.any(String),
        body: '{"event_type":"order_placed","order_id":"7"}',
        attributes: {
          eventType: { type: 'String', value: 'order_placed' },
          total: { type: 'Number.cents', value: '9999' },
          digest: { type: 'Binary', value: 'AQID' },
        },
        ...(fifo && { groupId: 'account-1', deduplicationId: 'd-1' }),
        receiveCount: 1,
        sentAt: expect.stringMatching(/^\d{4}-.*Z$/),
        firstReceivedAt: expect.stringMatching(/^\d{4}-.*Z$/),
        receiptHandle: expect.any(String),
      },
    ]);
    expect((await queue('depth', name)).out).toMatch(new RegExp(`${name} +0 +1 +0`));

    const deleted = await queue('delete', name, messages[0].receiptHandle, '--yes');
    expect(deleted).toMatchObject({ code: 0, out: `1 message deleted in ${name}.\n` });
    expect((await queue('depth', name)).out).toMatch(new RegExp(`${name} +0 +0 +0`));

    expect(await queue('delete-queue', name, '--yes')).toMatchObject({ code: 0 });
    const gone = await queue('url', name);
    expect(gone).toMatchObject({ code: 1, err: expect.stringContaining(`There is no queue ${name}`) });
  });
});
