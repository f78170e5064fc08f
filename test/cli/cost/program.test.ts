import { PassThrough } from 'node:stream';
import { runCost } from '../../../cli/cost/program.ts';
import { synthesizedApp } from '../../support/synthesized-app.ts';

const { outdir } = synthesizedApp('dev').app;

async function cost(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const streams = ['stdin', 'stdout', 'stderr'].map(name => [
    name,
    Object.assign(new PassThrough({ highWaterMark: 2 ** 24 }), { isTTY: false }),
  ]);
  const { stdin, stdout, stderr } = Object.fromEntries(streams);
  const interrupt = new AbortController().signal;
  const code = await runCost(args, { stdin, stdout, stderr, env: {}, interrupt });
  return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') };
}

it('prints what order-processing costs, by default', async () => {
  const { code, out } = await cost('--orders-per-day', '1000', '--template-dir', outdir);
  expect(code).toBe(0);
  expect(out).toContain('order-processing, 1000 a day');
  expect(out).toMatch(/KMS +customer managed keys, a month +4 keys +\$1 each +\$4\.00/);
  expect(out).toMatch(
    /Standing still \$[\d.]+,.*traffic \$[\d.]+: \$[\d.]+ a month; at this rate \$[\d.]+ for a million/,
  );
  expect(out).toContain('no free tier');
  expect(out).toContain('saved by long polling');
  expect(out).toMatch(/\* unverified:\n {2}DynamoDB, storage/);
});

it('answers with JSON that adds up', async () => {
  const { out } = await cost('--orders-per-day', '1000', '--all', '--json', '--template-dir', outdir);
  const { total, systems, region } = JSON.parse(out) as {
    total: number;
    region: string;
    systems: { system: string; total: number; lines: { dollars: number }[] }[];
  };
  expect(region).toBe('us-east-1');
  expect(systems.map(({ system }) => system)).toEqual([...synthesizedApp('dev').stackNames].sort());
  expect(systems.flatMap(({ lines }) => lines).reduce((sum, { dollars }) => sum + dollars, 0)).toBeCloseTo(
    total,
  );
});

it('costs less with the free tier taken off', async () => {
  const args = ['--orders-per-day', '1000', '--json', '--template-dir', outdir];
  const totals = [await cost(...args), await cost(...args, '--free-tier')].map(
    ({ out }) => (JSON.parse(out) as { total: number }).total,
  );
  expect(totals[1]).toBeLessThan(totals[0] ?? 0);
});

it.each([
  ['nobody says how much', [], 2, 'Say how much there is to do: --orders-per-day 1000.'],
  ['the number is none', ['--orders-per-day', 'many'], 2, 'Allowed is a whole number from 0'],
  [
    'a system is unknown',
    ['--orders-per-day', '1', '--system', 'orders'],
    2,
    'There is no system "orders". This app has: ',
  ],
  ['one and all are asked for', ['--orders-per-day', '1', '--all', '--system', 'x'], 2, 'keep one of them'],
  [
    'a region has no prices',
    ['--orders-per-day', '1', '--region', 'mars-1'],
    1,
    'There are no prices of mars-1',
  ],
  ['a stage is unknown', ['--orders-per-day', '1', '--stage', 'test'], 2, 'Allowed choices are dev, prod'],
])('fails when %s', async (_, args, exitCode, message) => {
  const { code, err } = await cost(...args, '--template-dir', outdir);
  expect(code).toBe(exitCode);
  expect(err).toContain(message);
});

it('fails when the folder is no synthesized app', async () => {
  const { code, err } = await cost('--orders-per-day', '1', '--template-dir', '/nowhere');
  expect(code).toBe(1);
  expect(err).toContain('Synthesize it with `npx cdk synth`');
});
