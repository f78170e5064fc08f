import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { CloudUnderTest } from './cloud-under-test.ts';

const root = `${import.meta.dirname}/../..`;

describe('the queue tool as a process', () => {
  let cloud: CloudUnderTest;
  let folder: string;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    cloud = await CloudUnderTest.start();
    folder = mkdtempSync(join(tmpdir(), 'queue-tool-'));
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
    await cloud.stop();
  });

  function start(...args: string[]) {
    const child = spawn(process.execPath, ['cli/queue.ts', ...args, '--endpoint', cloud.url], {
      cwd: root,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    children.push(child);
    const [out, err] = [text(child.stdout), text(child.stderr)];
    const ended = once(child, 'exit').then(async ([code]) => ({ code, out: await out, err: await err }));
    return { child, ended };
  }

  it('is what `npm run queue` and `npx queue` run', () => {
    const { scripts, bin } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as {
      scripts: Record<string, string>;
      bin: Record<string, string>;
    };

    expect(scripts.queue).toBe('node cli/queue.ts');
    expect(bin.queue).toBe('cli/queue.ts');
    // npx links the file and runs it: it must say what runs it, and be executable.
    expect(readFileSync(`${root}/${bin.queue}`, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect(() => accessSync(`${root}/${bin.queue}`, constants.X_OK)).not.toThrow();
  });

  it('reads a body from a pipe', async () => {
    const queue = await cloud.createQueue('piped');

    const { child, ended } = start('send', 'piped');
    child.stdin.end('from a pipe');

    expect(await ended).toMatchObject({ code: 0 });
    expect(cloud.bodies(queue)).toEqual(['from a pipe']);
  });

  it('keeps at Ctrl-C what it has not sent, and sends it when it is run again', async () => {
    const queue = await cloud.createQueue('stopped');
    const path = join(folder, 'stopped.ndjson');
    writeFileSync(path, Array.from({ length: 400 }, (_, index) => `{"body":"${index}"}\n`).join(''));

    const { child, ended } = start('send', 'stopped', '--batch', path, '--concurrency', '1', '--rate', '50');
    while (cloud.bodies(queue).length === 0) await new Promise(setImmediate);
    child.kill('SIGINT');
    const { code, out, err } = await ended;

    expect(err).toContain('Ctrl-C again leaves at once');
    expect(out).toMatch(/Interrupted: \d+ messages sent/);
    expect(code).toBe(1);
    const again = start('send', 'stopped', '--batch', `${path}.unsent`);
    expect(await again.ended).toMatchObject({ code: 0 });
    expect(new Set(cloud.bodies(queue)).size).toBe(400);
    expect(cloud.bodies(queue)).toHaveLength(400);
  });

  it('exits with 2 when the command line is wrong', async () => {
    expect(await start('depht', 'x').ended).toMatchObject({
      code: 2,
      err: expect.stringContaining('Did you mean depth?'),
    });
  });
});
