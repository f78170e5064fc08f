import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { runQueue } from '../../cli/queue/program.ts';
import { CloudUnderTest, order } from './cloud-under-test.ts';

const root = `${import.meta.dirname}/../..`;

describe('npm run redrive', () => {
  let cloud: CloudUnderTest;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    cloud = await CloudUnderTest.start();
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await cloud.stop();
  });

  function start(...args: string[]) {
    const child = spawn(process.execPath, ['cli/redrive.ts', ...args, '--endpoint', cloud.url], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    const [out, err] = [text(child.stdout), text(child.stderr)];
    const ended = once(child, 'exit').then(async ([code]) => ({ code, out: await out, err: await err }));
    return { child, ended };
  }

  it('is what the script runs', () => {
    const { scripts } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as {
      scripts: Record<string, string>;
    };

    expect(scripts.redrive).toBe('node cli/redrive.ts');
  });

  it('cancels the move task at Ctrl-C, though it comes twice, and exits with 1', async () => {
    const { queue, dlq } = await cloud.createPair('interrupted');
    await cloud.fail(
      queue,
      dlq,
      Array.from({ length: 9 }, (_, index) => order(`${index}`)),
    );

    const { child, ended } = start(queue.name, '--yes', '--rate', '1');
    while ((await cloud.moveTasks.latest(dlq))?.status !== 'RUNNING') await new Promise(setImmediate);
    child.kill('SIGINT');
    child.kill('SIGINT');
    const { code, out, err } = await ended;

    expect(err).toContain('Ctrl-C again leaves at once');
    expect(out).toMatch(/Interrupted: \d moved, 0 failed, about \d left in interrupted-dlq/);
    expect(code).toBe(1);
    expect((await cloud.moveTasks.latest(dlq))?.status).toBe('CANCELLED');
  });

  it('exits with 2 when the command line is wrong', async () => {
    const { code, err } = await start('x', '--rate', '0').ended;

    expect(err).toContain('from 1 to 500');
    expect(code).toBe(2);
  });

  describe('as the runbook has it', () => {
    const runbook = readFileSync(`${root}/docs/runbooks/redrive.md`, 'utf8');
    const commands = [...runbook.matchAll(/npm run (?:--silent )?(queue|redrive) -- ([^\n`|…]+)/g)]
      .map(
        ([, script, command = '']) =>
          `${script === 'redrive' ? 'dlq redrive ' : ''}${command.replace(/\s#.*/, '').trim()}`,
      )
      .filter(command => command !== 'dlq redrive' && command !== 'dlq redrive ')
      .map(command => ({ command }));

    beforeAll(async () => {
      const { queue } = await cloud.createPair('order-processing-payment');
      const undelivered = await cloud.createQueue('order-processing-payment-undelivered-order-placed');
      await cloud.subscribe('order-placed', queue.arn, undelivered);
    });

    it('has commands', () => {
      expect(commands.length).toBeGreaterThan(5);
    });

    it.each(commands)('does what it says: $command', async ({ command }) => {
      const queue = await cloud.existing('order-processing-payment');
      const dlq = await cloud.existing('order-processing-payment-dlq');
      const undelivered = await cloud.existing('order-processing-payment-undelivered-order-placed');
      for (const emptied of [queue, dlq, undelivered]) await cloud.empty(emptied);
      await cloud.fail(queue, dlq, [order('1002')]);
      await cloud.send(undelivered, [order('1003')]);

      const args = command.split(/\s+/).map(arg => (arg === '--local' ? `--endpoint=${cloud.url}` : arg));
      const ignored = new Writable({ write: (_chunk, _encoding, done) => done() });
      const asks = command.startsWith('dlq redrive');
      const code = await runQueue([...args, ...(asks ? ['--yes'] : [])], {
        stdin: process.stdin,
        stdout: ignored,
        stderr: ignored,
        env: { AWS_ENDPOINT_URL: cloud.url },
        interrupt: new AbortController().signal,
      });

      expect(code).toBe(0);
      const moved =
        !asks || command.includes('--dry-run') ? [] : [command.includes('undelivered') ? '1003' : '1002'];
      expect(cloud.bodies(queue).map(body => JSON.parse(body).order_id)).toEqual(moved);
    });
  });
});
