import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudUnderTest, order } from './cloud-under-test.ts';
import { runQueueTool } from './run-queue-tool.ts';

const runbook = readFileSync(`${import.meta.dirname}/../../docs/runbooks/purged-by-mistake.md`, 'utf8');
const commands = [...runbook.matchAll(/^npm run queue -- (.+)$/gm)].map(([, command = '']) =>
  command.split(' '),
);

describe('docs/runbooks/purged-by-mistake.md', () => {
  let cloud: CloudUnderTest;
  let folder: string;

  beforeAll(async () => {
    cloud = await CloudUnderTest.start();
    folder = mkdtempSync(join(tmpdir(), 'purged-'));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await cloud.stop();
  });

  async function run(command: readonly string[]) {
    const args = command.map(arg => (arg.endsWith('.ndjson') ? join(folder, arg) : arg));
    const asks = ['purge', 'redrive'].some(word => args.includes(word)) || args.includes('--delete');
    return runQueueTool([...args, '--endpoint', cloud.url, ...(asks ? ['--yes'] : [])]);
  }

  it('brings every message back, by the commands that it names', async () => {
    const { queue, dlq } = await cloud.createPair('order-processing-payment');
    await cloud.fail(queue, dlq, [order('1'), order('2')]);
    const failed = cloud.bodies(dlq).sort();
    const [exported, purged, taken, imported, broughtBack, redriven, ...others] = commands;
    expect(others).toEqual([]);

    expect(await run(exported ?? [])).toMatchObject({ code: 0 });
    expect(await run(purged ?? [])).toMatchObject({ code: 0 });
    expect(cloud.bodies(dlq)).toEqual([]);
    expect(await run(imported ?? [])).toMatchObject({ code: 0 });
    expect(cloud.bodies(queue).sort()).toEqual(failed);

    await cloud.empty(queue);
    expect(await run(broughtBack ?? [])).toMatchObject({ code: 0 });
    expect(cloud.bodies(dlq).sort()).toEqual(failed);
    expect(await run(redriven ?? [])).toMatchObject({ code: 0 });
    expect(cloud.bodies(queue).sort()).toEqual(failed);

    await run(broughtBack ?? []);
    expect(await run(taken ?? [])).toMatchObject({ code: 0 });
    expect(cloud.bodies(dlq)).toEqual([]);
    expect(readFileSync(join(folder, 'payment-dlq-2.ndjson'), 'utf8').trim().split('\n')).toHaveLength(2);
  });
});
