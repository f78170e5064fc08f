import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudUnderTest } from '../../cloud-under-test.ts';
import { runQueueTool, type Setting } from '../../run-queue-tool.ts';

describe('queue send', () => {
  let cloud: CloudUnderTest;
  let folder: string;

  beforeAll(async () => {
    cloud = await CloudUnderTest.start();
    folder = mkdtempSync(join(tmpdir(), 'queue-send-'));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await cloud.stop();
  });

  const send = (args: readonly string[], setting?: Setting) =>
    runQueueTool(['send', ...args, '--endpoint', cloud.url], setting);

  function file(name: string, lines: readonly unknown[]): string {
    const path = join(folder, name);
    writeFileSync(
      path,
      lines.map(line => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
    );
    return path;
  }

  describe('one message', () => {
    it('takes the body from a file or from standard input', async () => {
      const queue = await cloud.createQueue('bodies');
      writeFileSync(join(folder, 'body.txt'), 'from a file');

      await send(['bodies', '--file', join(folder, 'body.txt')]);
      await send(['bodies'], { input: 'from a pipe' });
      await send(['bodies', '--file', '-'], { input: 'from a pipe, said so' });

      expect(cloud.bodies(queue)).toEqual(['from a file', 'from a pipe', 'from a pipe, said so']);
    });

    it('waits as long as it is told', async () => {
      const queue = await cloud.createQueue('timed');

      await send(['timed', 'later', '--delay', '15m']);

      expect(await cloud.queues.state(queue)).toMatchObject({ visible: 0, delayed: 1 });
    });

    it('tells id and place for machines', async () => {
      await cloud.createQueue('placed.fifo');

      const { out } = await send(['placed', 'a', '--group', 'g', '--dedup-id', 'd', '--json']);

      expect(JSON.parse(out)).toEqual({
        outcome: 'done',
        queue: 'placed.fifo',
        id: expect.any(String),
        sequenceNumber: expect.any(String),
      });
    });

    it.each([
      ['a FIFO queue without a group', ['kinds.fifo', 'a'], /FIFO queue: a message needs a group.*--group/],
      [
        'a FIFO queue with a delay',
        ['kinds.fifo', 'a', '--group', 'g', '--delay', '5'],
        /only the queue as a whole/,
      ],
      [
        'a standard queue with a deduplication id',
        ['kinds', 'a', '--dedup-id', 'd'],
        /only a FIFO queue knows/,
      ],
      ['two bodies', ['kinds', 'a', '--file', 'b'], /two bodies/],
      ['an empty body', ['kinds', ''], /no message without one/],
      ['a file that is not there', ['kinds', '--file', '/not/there'], /cannot be read from \/not\/there/],
      ['a delay of 16 minutes', ['kinds', 'a', '--delay', '16m'], /from 0 to 900 seconds/],
      ['an attribute without a value', ['kinds', 'a', '--attribute', 'x='], /no attribute without a value/],
      ['a number that is none', ['kinds', 'a', '--attribute', 'n:Number=x'], /"x" is no number/],
      ['an attribute of AWS', ['kinds', 'a', '--attribute', 'AWS.x=1'], /reserved/],
      ['an attribute without a name', ['kinds', 'a', '--attribute', 'x'], /name:Number=42/],
      ['a batch and a body', ['kinds', 'a', '--batch', 'x'], /in the lines of the file/],
    ])('fails with %s', async (_, args, message) => {
      await cloud.createQueue('kinds');
      await cloud.createQueue('kinds.fifo');

      const { code, err } = await send(args, { input: '' });

      expect(err).toMatch(message);
      expect(code).toBe(2);
    });
  });

  describe('a batch', () => {
    it('sends every line of a file, in batches, side by side', async () => {
      const queue = await cloud.createQueue('lines');
      const path = file(
        'lines.ndjson',
        Array.from({ length: 1_005 }, (_, index) => ({
          body: { order_id: index },
          attributes: { eventType: 'a', n: 1 },
        })),
      );

      const { code, out } = await send(['lines', '--batch', path]);

      expect(out).toMatch(/^Done: 1005 messages sent to lines, 0 not sent, \S+ s, \d+\/s\.\n$/);
      expect(code).toBe(0);
      const ids = cloud.bodies(queue).map(body => (JSON.parse(body) as { order_id: number }).order_id);
      expect(ids.sort((a, b) => a - b)).toEqual(Array.from({ length: 1_005 }, (_, index) => index));
      expect(existsSync(`${path}.unsent`)).toBe(false);
    });

    it('splits batches by their bytes as well', async () => {
      const queue = await cloud.createQueue('large');
      const path = file(
        'large.ndjson',
        Array.from({ length: 12 }, () => ({ body: 'x'.repeat(120_000) })),
      );

      expect(await send(['large', '--batch', path])).toMatchObject({ code: 0 });
      expect(cloud.bodies(queue)).toHaveLength(12);
    });

    it('keeps the order within each group of a FIFO queue', async () => {
      const queue = await cloud.createQueue('grouped.fifo');
      const lines = Array.from({ length: 120 }, (_, index) => ({
        body: `${index % 7} ${index}`,
        groupId: `group-${index % 7}`,
        deduplicationId: `d-${index}`,
      }));

      expect(await send(['grouped', '--batch', file('grouped.ndjson', lines)])).toMatchObject({ code: 0 });

      for (let group = 0; group < 7; group++) {
        const numbers = cloud
          .bodies(queue)
          .filter(body => body.startsWith(`${group} `))
          .map(body => Number(body.split(' ')[1]));
        expect(numbers).toEqual(lines.map((_, index) => index).filter(index => index % 7 === group));
      }
    });

    it('keeps what SQS refuses in a file, tells why, and sends it from there', async () => {
      const queue = await cloud.createQueue('partial');
      const path = file('partial.ndjson', [
        { body: 'good' },
        { body: 'not \u0001 allowed', attributes: { why: 'a control character' } },
        { body: 'good, too' },
      ]);

      const { code, out } = await send(['partial', '--batch', path, '--json']);

      expect(JSON.parse(out)).toMatchObject({
        outcome: 'failed',
        sent: 2,
        unsent: 1,
        refusals: [{ line: 2, reason: expect.stringContaining('InvalidMessageContents') }],
        unsentFile: `${path}.unsent`,
      });
      expect(code).toBe(1);
      expect(cloud.bodies(queue)).toEqual(['good', 'good, too']);
      const kept = readFileSync(`${path}.unsent`, 'utf8');
      expect(JSON.parse(kept)).toEqual({
        body: 'not \u0001 allowed',
        attributes: { why: { type: 'String', value: 'a control character' } },
      });

      const again = await send(['partial', '--batch', path]);
      expect(again).toMatchObject({ code: 2, err: expect.stringContaining('from an earlier run') });
      writeFileSync(`${path}.unsent`, kept.replace('\\u0001 ', ''));
      expect(await send(['partial', '--batch', `${path}.unsent`])).toMatchObject({ code: 0 });
      expect(cloud.bodies(queue)).toEqual(['good', 'good, too', 'not allowed']);
    });

    it('sends nothing of a file with a line that is no message, and says which', async () => {
      const queue = await cloud.createQueue('checked');
      const path = file('checked.ndjson', [
        { body: 'good' },
        '{"body": ',
        { text: 'no body' },
        { body: 'a', attributes: { x: true } },
        { body: 'a', delaySeconds: 901 },
        { body: 'a', attributes: { x: { type: 'Text', value: '1' } } },
        '[]',
      ]);

      const { code, err } = await send(['checked', '--batch', path]);

      expect(err).toMatch(/line 2: not JSON/);
      expect(err).toMatch(/line 3: "body": a message is an object with a "body"/);
      expect(err).toMatch(/line 4: "attributes.x": an attribute is a text/);
      expect(err).toMatch(/line 5: "delaySeconds"/);
      expect(err).toMatch(/and 1 more/);
      expect(code).toBe(2);
      expect(cloud.bodies(queue)).toEqual([]);
    });

    it('reads standard input while it sends, up to a line that is no message', async () => {
      const queue = await cloud.createQueue('streamed');

      expect(
        await send(['streamed', '--batch', '-'], { input: '{"body":"a"}\n\n{"body":"b"}' }),
      ).toMatchObject({
        code: 0,
      });
      const broken = await send(['streamed', '--batch', '-'], {
        input: '{"body":"c"}\nnonsense\n{"body":"d"}',
      });

      expect(broken.out).toMatch(/Line 2 is no message.*nothing from there on was sent/);
      expect(broken.code).toBe(1);
      expect(cloud.bodies(queue)).not.toContain('d');
    });

    it('stops at Ctrl-C, and goes on from the file of what was not sent', async () => {
      const queue = await cloud.createQueue('stopped');
      const path = file(
        'stopped.ndjson',
        Array.from({ length: 500 }, (_, index) => ({ body: `${index}` })),
      );
      const interrupt = new AbortController();

      const running = send(['stopped', '--batch', path, '--concurrency', '1', '--rate', '100'], {
        interrupt: interrupt.signal,
      });
      while (cloud.bodies(queue).length === 0) await new Promise(setImmediate);
      interrupt.abort();
      const { code, out } = await running;

      expect(out).toMatch(/^Interrupted: \d+ messages sent to stopped, \d+ not sent/);
      expect(code).toBe(1);
      expect(cloud.bodies(queue).length).toBeLessThan(500);
      expect(await send(['stopped', '--batch', `${path}.unsent`])).toMatchObject({ code: 0 });
      const numbers = cloud.bodies(queue).map(Number);
      expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, index) => index));
    });

    it('keeps everything when the queue is gone in the middle', async () => {
      await cloud.createQueue('vanishing');
      const path = file(
        'vanishing.ndjson',
        Array.from({ length: 300 }, (_, index) => ({ body: `${index}` })),
      );

      const running = send(['vanishing', '--batch', path, '--concurrency', '1', '--rate', '100', '--json']);
      const queue = await cloud.existing('vanishing');
      while (cloud.bodies(queue).length === 0) await new Promise(setImmediate);
      await runQueueTool(['delete-queue', 'vanishing', '--yes', '--endpoint', cloud.url]);
      const result = JSON.parse((await running).out) as { sent: number; unsent: number; fault: string };

      expect(result.fault).toContain('the queue does not exist any more');
      expect(result.sent + result.unsent).toBe(300);
      expect(readFileSync(`${path}.unsent`, 'utf8').trim().split('\n')).toHaveLength(result.unsent);
    });
  });
});
