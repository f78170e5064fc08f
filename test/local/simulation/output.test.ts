import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readAssembly } from '../../../local/assembly/cloud-assembly.ts';
import { drawSvg } from '../../../local/simulation/chart.ts';
import { parseLoad } from '../../../local/simulation/load.ts';
import { playFleets } from '../../../local/simulation/play.ts';
import { reportOf } from '../../../local/simulation/report.ts';
import { synthesizeFleets } from './fleets.ts';
import { queueStack } from './queue-stack.ts';

const usual = {
  stack: 'videos',
  fleet: undefined,
  until: undefined,
  boot: undefined,
  timePerMessage: undefined,
  spread: undefined,
  flapWindow: 600,
  seed: 1,
};

describe('what a simulation says', () => {
  const [play] = playFleets([queueStack()], { ...usual, load: parseLoad('200@t0,2/min') });
  if (play === undefined) throw new Error('nothing was played');
  const { model, assumptions, summary, result, until } = play;

  it('is of six hours at least, and three after the last change', () => {
    expect(until).toBe(6 * 3_600);
    const [longer] = playFleets([queueStack()], { ...usual, load: parseLoad('0-5h:1/min') });
    expect(longer?.until).toBe(8 * 3_600);
  });

  it('states time to drain, peak age, instance hours and flapping', () => {
    const [, , , , ...figures] = reportOf(model, assumptions, summary);

    expect(figures.slice(1)).toEqual([
      expect.stringMatching(/^ {2}time to drain +\d+ min( \d+ s)? \(200 messages at 0 s\)$/),
      expect.stringMatching(/^ {2}oldest message +\d+ min( \d+ s)? at most$/),
      expect.stringMatching(/^ {2}until done +.* in the median, .* for 99%, .* at most$/),
      expect.stringMatching(/^ {2}backlog +\d+ at most$/),
      expect.stringMatching(/^ {2}instances +\d+ at most, [\d.]+ instance hours, \d+% of them at work$/),
      expect.stringMatching(
        /^ {2}scaling +\d+ times out, \d+ times in; \d+ undid the one before within 10 min$/,
      ),
      expect.stringMatching(/^ {2}messages +\d+ sent, \d+ done, \d+ left, 0 in the DLQ, 0 received again$/),
    ]);
  });

  it('is summed up right', () => {
    const { samples, acts, latencies } = result;
    expect(summary.peakAge).toBe(Math.max(...samples.map(({ oldestAge }) => oldestAge)));
    expect(summary.latency?.longest).toBe(Math.max(...latencies));
    expect(summary.scaledOut + summary.scaledIn).toBe(acts.length);
    // A worker counts from its launch, so that a minute's sample may miss a part of it.
    const sampled = samples.reduce((total, each) => total + each.pending + each.inService + each.draining, 0);
    expect(summary.workerHours).toBeCloseTo(sampled / 60, -1);
  });

  it('is drawn: three panels for each fleet, with lines within the picture', () => {
    const svg = drawSvg([
      { title: 'one & <two>', samples: result.samples },
      { title: 'again', samples: result.samples },
    ]);

    expect(svg).toContain('one &amp; &lt;two>');
    expect(svg.match(/font-weight="bold"/g)).toHaveLength(6);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    for (const [, x, y] of svg.matchAll(/L([\d.-]+) ([\d.-]+)/g)) {
      expect(Number(x)).toBeLessThanOrEqual(936);
      expect(Number(y)).toBeGreaterThanOrEqual(24);
      expect(Number(y)).toBeLessThanOrEqual(154);
    }
  });

  it('can be drawn of nothing', () => {
    expect(drawSvg([{ title: 'nothing', samples: [] }])).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('is of the fleets whose name is asked for', () => {
    expect(() => playFleets([queueStack()], { ...usual, load: parseLoad('1@t0'), fleet: 'front' })).toThrow(
      'No fleet of videos has "front" in its name. It has: Group.',
    );
  });
});

describe('npm run simulate', () => {
  const directory = synthesizeFleets();
  const drawings = mkdtempSync(join(directory, 'drawn-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  const simulate = (...options: string[]) =>
    promisify(execFile)(process.execPath, [
      'local/simulation/main.ts',
      '--assembly',
      directory,
      ...options,
    ]).catch((error: { stdout: string; stderr: string; code: number }) => error);

  it('prints figures for machines, draws, and is the same for the same seed', async () => {
    const options = ['--stack', 'tasks', '--load', '100@t0', '--until', '2h', '--seed', '3', '--json'];
    const first = await simulate(...options, '--svg', join(drawings, 'tasks.svg'));
    const [summary] = JSON.parse(first.stdout);

    expect(summary).toMatchObject({
      fleet: 'tasks/BackEnd/Service',
      sent: 100,
      done: 100,
      bursts: [{ count: 100, at: 0, drainedIn: expect.any(Number) }],
    });
    expect(readFileSync(join(drawings, 'tasks.svg'), 'utf8')).toMatch(/^<svg/);
    const [same] = playFleets(readAssembly(directory), {
      ...usual,
      stack: 'tasks',
      load: parseLoad('100@t0'),
      until: 7_200,
      seed: 3,
    });
    expect(summary).toEqual(JSON.parse(JSON.stringify(same?.summary)));
  }, 60_000);

  it.each([
    [['--load', '10/fortnight'], 'has an unknown unit of time, fortnight. Allowed are'],
    [['--boot', 'soon'], 'Allowed: a duration such as 90s'],
    [['--seed', '-1'], 'Allowed: a whole number'],
    [['--stack', 'nowhere'], 'There is no system "nowhere"'],
    [['--stack', 'unscaled'], 'has no fleet that is scaled on a queue'],
  ])(
    'ends with an error that helps for %j',
    async (options, says) => {
      const { code, stdout, stderr } = (await simulate(...options)) as {
        code?: number;
        stdout: string;
        stderr: string;
      };
      expect(code).toBe(1);
      expect(stdout + stderr).toContain(says);
    },
    60_000,
  );
});
