import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { runReplay } from '../../../cli/replay/program.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { ArchiveUnderTest, archivedLine } from '../archived-orders.ts';
import { CloudUnderTest } from '../cloud-under-test.ts';

const home = temporaryDirectory();

interface Setting {
  readonly answer?: string;
  /** Aborts once standard error says this. */
  readonly interruptAt?: RegExp;
}

async function run(args: readonly string[], { answer, interruptAt }: Setting = {}) {
  const tty = answer !== undefined || interruptAt !== undefined;
  const stream = () => Object.assign(new PassThrough({ highWaterMark: 2 ** 24 }), { isTTY: tty });
  const streams = { stdin: stream(), stdout: stream(), stderr: stream() };
  if (answer !== undefined) streams.stdin.write(`${answer}\n`);
  const interrupt = new AbortController();
  let err = '';
  streams.stderr.on('data', (text: Buffer) => {
    err += text.toString();
    if (interruptAt?.test(err)) interrupt.abort();
  });
  const code = await runReplay(args, { ...streams, env: { HOME: home }, interrupt: interrupt.signal });
  return { code, out: String(streams.stdout.read() ?? ''), err };
}

describe('replay', () => {
  let cloud: CloudUnderTest;
  let queues = 0;

  beforeAll(async () => {
    cloud = await CloudUnderTest.start();
  });
  afterAll(() => cloud.stop());

  const here = () => ['--endpoint', cloud.url];
  const november = ['--from', '2026-11-01', '--to', '2026-11-02'];
  const freshQueue = () => {
    queues += 1;
    return cloud.createQueue(`replayed-${queues}`);
  };
  const idsOn = (queue: Awaited<ReturnType<typeof freshQueue>>) =>
    cloud.bodies(queue).map(body => (JSON.parse(body) as { order_id: string }).order_id);

  describe('of an archive with events of two days and types', () => {
    let archive: ArchiveUnderTest;

    beforeAll(async () => {
      archive = await ArchiveUnderTest.create(cloud, 'two-days');
      await archive.write('2026-10-31', [
        archivedLine('1', '2026-10-31T23:59:59.999Z'),
        archivedLine('2', '2026-11-01T00:00:00.000Z'),
      ]);
      await archive.write('2026-11-01', [
        archivedLine('3', '2026-11-01T12:00:00.000Z', {
          attributes: { tenant: { Type: 'String', Value: 'acme' } },
        }),
        '',
        archivedLine('4', '2026-11-01T12:00:01.000Z'),
      ]);
      await archive.write(
        '2026-11-01',
        [archivedLine('3', '2026-11-01T13:00:00.000Z', { type: 'order_shipped' })],
        'order_shipped',
      );
      await archive.write('2026-11-02', [
        archivedLine('5', '2026-11-01T23:59:59.000Z'),
        archivedLine('6', '2026-11-02T00:00:00.000Z'),
      ]);
    });

    const stack = ['--stack', 'two-days'];

    it('sends what was published in the time, whatever day it is filed under, as it was published', async () => {
      const queue = await freshQueue();

      const { code, out } = await run([
        ...november,
        '--type',
        'order_placed',
        '--queue',
        queue.name,
        ...stack,
        ...here(),
        '--yes',
      ]);

      expect(out).toMatch(/two-days-archive-events-\S+: 3 objects, \S+ K?B compressed\./);
      expect(out).toContain(
        `Events order_placed published from 2026-11-01 until 2026-11-02 are sent to ${queue.name}`,
      );
      expect(out).toMatch(/Done: 4 sent \(order_placed 4\), 0 malformed, 0 failed, \S+ s\./);
      expect(code).toBe(0);
      expect(idsOn(queue)).toEqual(['2', '3', '4', '5']);
    });

    it('sends it with its attributes, the id of its publication, and that of the replay', async () => {
      const queue = await freshQueue();

      const { out } = await run([
        ...['--from', '2026-11-01T12:00:00Z', '--to', '2026-11-01T12:00:01Z', '--queue', queue.name],
        ...[...stack, ...here(), '--yes', '--json'],
      ]);

      const { replayId } = JSON.parse(out) as { replayId: string };
      const [message] = await cloud.queues.receive(queue, { maxMessages: 10, waitSeconds: 0 });
      expect(message?.attributes).toEqual({
        eventType: { dataType: 'String', value: 'order_placed' },
        tenant: { dataType: 'String', value: 'acme' },
        replayId: { dataType: 'String', value: replayId },
        archivedMessageId: { dataType: 'String', value: 'published-3' },
      });
      expect(replayId).toMatch(/^\d{8}T\d{6}Z-[0-9a-f]{6}$/);
    });

    it('reads all of it and sends nothing when it only looks', async () => {
      const queue = await freshQueue();

      const { code, out } = await run([...november, '--queue', queue.name, ...stack, ...here(), '--dry-run']);

      expect(out).toContain('would go to');
      expect(out).toMatch(
        /Dry run: nothing was sent: 5 would be sent \(order_placed 4, order_shipped 1\), 0 malformed/,
      );
      expect(code).toBe(0);
      expect(cloud.bodies(queue)).toEqual([]);
    });

    it('tells a machine what it did', async () => {
      const queue = await freshQueue();

      const { code, out, err } = await run([
        ...november,
        '--queue',
        queue.name,
        ...stack,
        ...here(),
        '--yes',
        '--json',
      ]);

      expect(code).toBe(0);
      expect(err).toContain('Done: 5 sent');
      expect(JSON.parse(out)).toMatchObject({
        outcome: 'done',
        sent: 5,
        malformed: 0,
        failed: 0,
        types: { order_placed: 4, order_shipped: 1 },
        faults: [],
        queue: { name: queue.name, arn: queue.arn },
        archive: { bucket: archive.bucket, objects: 4 },
        window: { from: '2026-11-01T00:00:00.000Z', to: '2026-11-02T00:00:00.000Z', types: [] },
      });
    });

    it.each([
      ['n', 'Nothing was sent.', 1, 0],
      ['y', 'Done: 5 sent', 0, 5],
    ])('asks, and to %s does as it is told', async (answer, said, expected, sent) => {
      const queue = await freshQueue();

      const { code, out, err } = await run([...november, '--queue', queue.name, ...stack, ...here()], {
        answer,
      });

      expect(err).toContain('Send them?');
      expect(out).toContain(said);
      expect(code).toBe(expected);
      expect(cloud.bodies(queue)).toHaveLength(sent);
    });

    it('sends nothing when there is nobody to ask', async () => {
      const queue = await freshQueue();
      const { code, err } = await run([...november, '--queue', queue.name, ...stack, ...here()]);
      expect(err).toContain('There is nobody to ask whether to send the events.');
      expect(code).toBe(2);
      expect(cloud.bodies(queue)).toEqual([]);
    });

    it('finds events that came late when told how late', async () => {
      await archive.write('2026-11-05', [archivedLine('late', '2026-11-01T15:00:00.000Z')]);
      const queue = await freshQueue();
      const args = [...november, '--queue', queue.name, ...stack, ...here(), '--yes'];

      expect((await run(args)).out).toContain('Done: 5 sent');
      expect((await run([...args, '--late', '4d'])).out).toContain('Done: 6 sent');
    });

    it('says that no event was published then, where objects are of the day and not of the hour', async () => {
      const queue = await freshQueue();
      const { code, out } = await run([
        ...['--from', '2026-11-01T05:00:00Z', '--to', '2026-11-01T06:00:00+00:00'],
        ...['--queue', queue.name, ...stack, ...here(), '--yes'],
      ]);
      expect(out).toContain('No event was published then.');
      expect(code).toBe(0);
    });

    it.each<[string, readonly string[], string]>([
      [
        'nothing is archived then',
        ['--from', '2025-01-01', '--to', '2025-01-02'],
        'Nothing is archived from 2025-01-01 to 2025-01-02 in two-days-archive-events-000000000000-us-east-1-an. The archive has events from 2026-10-31 to 2026-11-05. Days are in UTC.',
      ],
      [
        'no event is of the type',
        [...november, '--type', 'order_lost'],
        'order_lost is not archived from 2026-11-01 to 2026-11-02 in two-days-archive-events-000000000000-us-east-1-an. There are: order_placed, order_shipped.',
      ],
      [
        'there is no such bucket',
        [...november, '--bucket', 'nowhere'],
        'There is no bucket nowhere, or it is of another region.',
      ],
    ])('fails when %s', async (_, args, fault) => {
      const queue = await freshQueue();
      const { code, err } = await run([...args, '--queue', queue.name, ...stack, ...here(), '--yes']);
      expect(err).toContain(fault);
      expect(code).toBe(1);
    });

    it('names the nearest queues when there is no such one', async () => {
      const queue = await freshQueue();
      const { code, err } = await run([
        ...november,
        '--queue',
        `${queue.name}x`,
        ...stack,
        ...here(),
        '--yes',
      ]);
      expect(err).toContain(`There is no queue ${queue.name}x`);
      expect(err).toContain(queue.name);
      expect(code).toBe(1);
    });

    it('refuses a FIFO queue', async () => {
      await cloud.createQueue('ledger.fifo');
      const { code, err } = await run([...november, '--queue', 'ledger.fifo', ...stack, ...here(), '--yes']);
      expect(err).toContain('ledger.fifo is FIFO');
      expect(code).toBe(2);
    });

    it('asks for the name of a queue of stage prod, for which a yes is not enough', async () => {
      const queue = await cloud.createTaggedQueue('of-prod', { stage: 'prod' });
      const args = [...november, '--queue', queue.name, ...stack, ...here()];

      const refused = await run([...args, '--yes']);
      expect(refused.err).toContain('--yes is not enough for that: say --confirm of-prod.');
      expect(refused.code).toBe(2);

      expect((await run([...args, '--confirm', 'of-prod'])).code).toBe(0);
      expect(cloud.bodies(queue)).toHaveLength(5);
    });
  });

  it.each<[string, readonly string[], string]>([
    ['it is not said what', ['--queue', 'q'], 'Say what is to be replayed'],
    ['it is not said where', november, 'Say what is to be replayed'],
    [
      'it ends before it begins',
      ['--from', '2026-11-02', '--to', '2026-11-02', '--queue', 'q'],
      '--to 2026-11-02 is not after --from 2026-11-02',
    ],
    [
      'a day is none',
      ['--from', '2026-02-30', '--to', '2026-03-02', '--queue', 'q'],
      "argument '2026-02-30' is invalid",
    ],
    [
      'a time has no zone',
      ['--from', '2026-11-01T10:00:00', '--to', '2026-11-02', '--queue', 'q'],
      'a time with its zone',
    ],
    [
      'the rate is nothing',
      [...november, '--queue', 'q', '--rate', '0'],
      'Allowed is a whole number from 1 to 1000.',
    ],
    ['it is to go on, and begin', ['--resume', 'state.json', '--type', 'order_placed'], 'leave --type out'],
    ['there is nothing to go on with', ['--resume', join(home, 'none.json')], 'none.json cannot be read'],
  ])('fails when %s', async (_, args, fault) => {
    const { code, err } = await run(args);
    expect(err).toContain(fault);
    expect(code).toBe(2);
  });

  it('fails when there is no archive, and says how it is named', async () => {
    const queue = await freshQueue();
    const { code, err } = await run([
      ...november,
      '--queue',
      queue.name,
      '--stack',
      'nobodys',
      ...here(),
      '--yes',
    ]);
    expect(err).toContain('There is no archive of the stack nobodys: no bucket nobodys-archive-events-….');
    expect(code).toBe(1);
  });

  describe('of an archive with lines that are no events', () => {
    const stack = ['--stack', 'damaged'];
    let key: string;

    beforeAll(async () => {
      const archive = await ArchiveUnderTest.create(cloud, 'damaged');
      key = await archive.write('2026-11-01', [
        archivedLine('1', '2026-11-01T10:00:00.000Z'),
        'not json',
        '{"event_type":"order_placed"}',
        archivedLine('2', '2026-11-01T10:00:01.000Z'),
      ]);
    });

    it('tells of them by object and line, counts them, and goes on', async () => {
      const queue = await freshQueue();

      const { code, out } = await run([...november, '--queue', queue.name, ...stack, ...here(), '--yes']);

      expect(out).toMatch(/Done: 2 sent \(order_placed 2\), 2 malformed, 0 failed/);
      expect(out).toContain(`${key}, line 2: it is no JSON`);
      expect(out).toContain(`${key}, line 3: it is no notification: MessageId: `);
      expect(code).toBe(0);
      expect(idsOn(queue)).toEqual(['1', '2']);
    });

    it('ends at the first when it is strict, and can go on', async () => {
      const queue = await freshQueue();

      const strict = await run([
        ...november,
        '--queue',
        queue.name,
        ...stack,
        ...here(),
        '--yes',
        '--strict',
      ]);

      expect(strict.out).toMatch(/Failed: 1 sent/);
      expect(strict.out).toContain(`${key}, line 2: it is no JSON.`);
      expect(strict.code).toBe(1);
      const [, state = ''] = /--resume (\S+)/.exec(strict.out) ?? [];
      expect((await run(['--resume', state, ...here(), '--yes'])).out).toMatch(/Done: 2 sent/);
      expect(idsOn(queue)).toEqual(['1', '2']);
    });
  });

  describe('that is stopped', () => {
    const stack = ['--stack', 'long'];
    const all = Array.from({ length: 75 }, (_, index) => String(index + 1));

    beforeAll(async () => {
      const archive = await ArchiveUnderTest.create(cloud, 'long');
      await archive.writeOrders('2026-11-01', 25);
      await archive.writeOrders('2026-11-01', 25, 26);
      await archive.writeOrders('2026-11-01', 25, 51);
    });

    it('goes on where it was: nothing is missing, nothing comes twice', async () => {
      const queue = await freshQueue();
      const state = join(home, 'stopped.json');
      const args = [...november, '--queue', queue.name, ...stack, ...here(), '--yes', '--rate', '200'];

      const stopped = await run([...args, '--state', state], { interruptAt: /[34]0 sent/ });

      expect(stopped.code).toBe(1);
      expect(stopped.out).toContain(`npm run replay -- --resume ${state} --endpoint ${cloud.url}`);
      const sent = idsOn(queue).length;
      expect(sent).toBeGreaterThanOrEqual(30);
      expect(sent).toBeLessThan(75);
      expect(JSON.parse(readFileSync(state, 'utf8'))).toMatchObject({ sent });

      const resumed = await run(['--resume', state, ...here(), '--yes', '--json']);

      expect(resumed.code).toBe(0);
      expect(JSON.parse(resumed.out)).toMatchObject({ outcome: 'done', sent: 75 });
      expect(idsOn(queue)).toEqual(all);
      expect(existsSync(state)).toBe(false);
    });

    it('leaves its state where the user keeps such', async () => {
      const queue = await freshQueue();
      const { out } = await run([...november, '--queue', queue.name, ...stack, ...here(), '--yes'], {
        interruptAt: /10 sent/,
      });
      const [, state = ''] = /--resume (\S+)/.exec(out) ?? [];
      expect(state.startsWith(join(home, '.local/state/messaging-on-aws/replay/'))).toBe(true);
      expect(existsSync(state)).toBe(true);
    });

    it('says before it sends anything that it could not remember where it was', async () => {
      const queue = await freshQueue();
      const { code, err } = await run([
        ...[...november, '--queue', queue.name, ...stack, ...here(), '--yes'],
        ...['--state', '/dev/null/state.json'],
      ]);
      expect(err).toContain('/dev/null/state.json cannot be written');
      expect(code).toBe(1);
      expect(cloud.bodies(queue)).toEqual([]);
    });
  });
});
