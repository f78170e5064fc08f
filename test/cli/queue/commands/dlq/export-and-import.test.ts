import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Queue } from '../../../../../cli/queues/queues.ts';
import { CloudUnderTest, order, type TestMessage } from '../../../cloud-under-test.ts';
import { runQueueTool, type Setting } from '../../../run-queue-tool.ts';

describe('keeping messages in a file', () => {
  let cloud: CloudUnderTest;
  let folder: string;

  beforeAll(async () => {
    cloud = await CloudUnderTest.start();
    folder = mkdtempSync(join(tmpdir(), 'queue-export-'));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await cloud.stop();
  });

  const run = (args: readonly string[], setting?: Setting) =>
    runQueueTool([...args, '--endpoint', cloud.url], setting);
  const file = (name: string) => join(folder, `${name}.ndjson`);
  const content = async (queue: Queue) => {
    const messages = await cloud.queues.receive(queue, {
      maxMessages: 10,
      waitSeconds: 0,
      visibilityTimeoutSeconds: 0,
    });
    return messages.map(({ body, attributes, groupId, deduplicationId }) => ({
      body,
      attributes,
      groupId,
      deduplicationId,
    }));
  };
  const rich: TestMessage = {
    body: 'line 1\nline 2, with "quotes", \u2028 a separator and é',
    attributes: {
      eventType: { DataType: 'String', StringValue: 'order_placed' },
      total: { DataType: 'Number.cents', StringValue: '9999' },
      digest: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 1, 254, 255]) },
    },
  };

  it('brings back after a purge what was there: bodies, attributes and their types', async () => {
    const dlq = await cloud.createQueue('kept-dlq');
    await cloud.send(dlq, [rich, order('2')]);
    const before = await content(dlq);

    const exported = await run(['dlq', 'export', 'kept-dlq', '--out', file('kept')]);
    expect(exported).toMatchObject({
      code: 0,
      out: expect.stringContaining('2 messages of kept-dlq written to'),
    });
    expect(await cloud.queues.state(dlq)).toMatchObject({ visible: 2, inFlight: 0 });
    await run(['purge', 'kept-dlq', '--yes']);
    expect(cloud.bodies(dlq)).toEqual([]);

    const imported = await run(['dlq', 'import', 'kept-dlq', file('kept')]);
    expect(imported).toMatchObject({ code: 0, out: expect.stringContaining('2 messages sent to kept-dlq') });
    expect(await content(dlq)).toEqual(before);
  });

  it('keeps groups, their order and deduplication ids of a FIFO queue', async () => {
    const [from, to] = [await cloud.createQueue('ledger-dlq.fifo'), await cloud.createQueue('again.fifo')];
    const steps = Array.from({ length: 24 }, (_, index) => ({
      body: `${index % 2} ${index}`,
      groupId: `account-${index % 2}`,
      deduplicationId: `d-${index}`,
    }));
    await cloud.send(from, steps);

    const taken = await run(['dlq', 'export', 'ledger-dlq', '--out', file('ledger'), '--delete', '--yes']);
    expect(taken).toMatchObject({ code: 0, out: expect.stringContaining('24 deleted') });
    expect(cloud.bodies(from)).toEqual([]);
    expect(await run(['dlq', 'import', 'again', file('ledger')])).toMatchObject({ code: 0 });

    for (const group of ['0', '1']) {
      const expected = steps.map(({ body }) => body).filter(body => body.startsWith(group));
      expect(cloud.bodies(to).filter(body => body.startsWith(group))).toEqual(expected);
    }
    // The same ids again: the queue takes them for what they are.
    await cloud.send(to, steps);
    expect(cloud.bodies(to)).toHaveLength(24);
  });

  it('says that a group of a FIFO queue goes on behind what it can see', async () => {
    const dlq = await cloud.createQueue('long-dlq.fifo');
    const steps = Array.from({ length: 15 }, (_, index) => ({
      body: `${index}`,
      groupId: 'account-1',
      deduplicationId: `d-${index}`,
    }));
    await cloud.send(dlq, steps);

    const { code, out } = await run(['dlq', 'export', 'long-dlq', '--out', file('long')]);

    expect(out).toMatch(/10 messages of long-dlq\.fifo written.*\nIncomplete.*behind others of their group/);
    expect(code).toBe(1);
    expect(await cloud.queues.state(dlq)).toMatchObject({ visible: 15, inFlight: 0 });
  });

  it('does not let SQS drop as duplicates what is imported within five minutes', async () => {
    const queue = await cloud.createQueue('soon.fifo');
    await cloud.send(queue, [{ body: 'a', groupId: 'g', deduplicationId: 'd' }]);
    await run(['dlq', 'export', 'soon', '--out', file('soon'), '--delete', '--yes']);

    const refused = await run(['dlq', 'import', 'soon', file('soon')]);
    expect(refused).toMatchObject({
      code: 2,
      err: expect.stringMatching(/line 1: sent to this queue .* drop it/),
    });
    const again = await run(['dlq', 'import', 'soon', file('soon'), '--new-deduplication-ids']);

    expect(again).toMatchObject({ code: 0 });
    expect(cloud.bodies(queue)).toEqual(['a']);
  });

  it('imports a file whose messages SQS does not take as far as it takes them', async () => {
    const queue = await cloud.createQueue('small', { MaximumMessageSize: '1024' });
    writeFileSync(
      file('small'),
      `${JSON.stringify({ body: 'x'.repeat(1_025) })}\n${JSON.stringify({ body: 'b' })}\n`,
    );

    const { code, out } = await run(['dlq', 'import', 'small', file('small')]);

    expect(out).toMatch(
      /Failed: 1 message sent to small, 1 not sent.*\n {2}line 1: .*shorter than 1024.*\n.*\.unsent/,
    );
    expect(code).toBe(1);
    expect(cloud.bodies(queue)).toEqual(['b']);
  });

  it('exports to standard output, and imports from standard input', async () => {
    const [from, to] = [await cloud.createQueue('piped-from'), await cloud.createQueue('piped-to')];
    await cloud.send(from, [rich]);

    const { out, err } = await run(['dlq', 'export', 'piped-from']);
    expect(err).toContain('1 message of piped-from written to standard output');
    expect(await run(['dlq', 'import', 'piped-to', '-'], { input: out })).toMatchObject({ code: 0 });

    expect(await content(to)).toEqual(await content(from));
  });

  it('exports more than a receive takes', async () => {
    const dlq = await cloud.createQueue('many-dlq');
    await cloud.send(
      dlq,
      Array.from({ length: 137 }, (_, index) => order(`${index}`)),
    );

    const { out } = await run(['dlq', 'export', 'many-dlq', '--out', file('many'), '--json']);

    expect(JSON.parse(out)).toMatchObject({ outcome: 'done', exported: 137, expected: 137, deleted: 0 });
    expect(readFileSync(file('many'), 'utf8').trim().split('\n')).toHaveLength(137);
  });

  it('says that it is not all there is when others hold messages', async () => {
    const dlq = await cloud.createQueue('held-dlq');
    await cloud.send(dlq, [order('1'), order('2')]);
    await cloud.queues.receive(dlq, { maxMessages: 1, waitSeconds: 0, visibilityTimeoutSeconds: 60 });

    const { code, out } = await run(['dlq', 'export', 'held-dlq', '--out', file('held')]);

    expect(out).toContain('Incomplete: SQS counts about 2');
    expect(code).toBe(1);
  });

  it('stops at Ctrl-C with a file that is whole, and shows the messages again', async () => {
    const dlq = await cloud.createQueue('stopped-dlq');
    await cloud.send(
      dlq,
      Array.from({ length: 200 }, (_, index) => order(`${index}`)),
    );
    const interrupt = new AbortController();

    const running = run(['dlq', 'export', 'stopped-dlq', '--out', file('stopped')], {
      interrupt: interrupt.signal,
    });
    while (!existsSync(file('stopped'))) await new Promise(setImmediate);
    interrupt.abort();
    const { code, out } = await running;

    expect(out).toContain('Interrupted: there are more.');
    expect(code).toBe(1);
    const lines = readFileSync(file('stopped'), 'utf8').split('\n').filter(Boolean);
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
    expect(await cloud.queues.state(dlq)).toMatchObject({ visible: 200, inFlight: 0 });
  });

  it('does not write over a file', async () => {
    await cloud.createQueue('twice-dlq');
    writeFileSync(file('twice'), 'precious');

    expect(await run(['dlq', 'export', 'twice-dlq', '--out', file('twice')])).toMatchObject({
      code: 2,
      err: expect.stringContaining('is there already'),
    });
    expect(readFileSync(file('twice'), 'utf8')).toBe('precious');
  });

  it('does not export a queue that has a DLQ without being told to take the messages', async () => {
    await cloud.createPair('working');

    expect(await run(['dlq', 'export', 'working', '--out', file('working')])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/has a DLQ, working-dlq.*Did you mean that\?/),
    });
  });

  it.each([
    ['--delete without a file', ['--delete', '--yes'], /what goes through a pipe may be lost/],
    ['--json without a file', ['--json'], /standard output holds the result/],
  ])('fails with %s', async (_, args, message) => {
    const { code, err } = await run(['dlq', 'export', 'x', ...args]);

    expect(err).toMatch(message);
    expect(code).toBe(2);
  });

  it('wants the name typed before it takes messages out of a DLQ of stage prod', async () => {
    const dlq = await cloud.createQueue('prod-dlq', {}, { stage: 'prod' });
    await cloud.send(dlq, [order('1')]);

    const { code, err } = await run([
      'dlq',
      'export',
      'prod-dlq',
      '--out',
      file('prod'),
      '--delete',
      '--yes',
    ]);

    expect(err).toContain('say --confirm prod-dlq');
    expect(code).toBe(2);
    expect(existsSync(file('prod'))).toBe(false);
    expect(cloud.bodies(dlq)).toHaveLength(1);
  });
});
