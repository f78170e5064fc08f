import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WorkerFleet } from '../../../local/workers/worker-fleet.ts';
import { until } from '../../worker/support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'fleet-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Programs in the place of a bundle. */
const programs = {
  // Works until it is told to stop, and says goodbye.
  patient: `
    process.on('SIGTERM', () => { console.log('stopping'); process.exit(0); });
    console.log('began ' + process.pid);
    console.error('with ' + process.env.GREETING);
    setInterval(() => {}, 1000);`,
  broken: `console.log('began ' + process.pid); process.exit(1);`,
  drained: `console.log('began ' + process.pid); process.exit(0);`,
};

const fleets: WorkerFleet[] = [];
afterEach(() => Promise.all(fleets.splice(0).map(fleet => fleet.stop())));

function fleetOf(program: keyof typeof programs, size = 1) {
  writeFileSync(join(folder, `${program}.mjs`), programs[program]);
  const lines: string[] = [];
  const faults: string[] = [];
  const fleet = new WorkerFleet({
    spec: {
      fleetName: 'videos',
      path: 'videos/Group',
      directory: folder,
      command: ['--no-addons', `${program}.mjs`],
      environment: { GREETING: 'hello' },
      counted: { namespace: 'Test', desired: 'Desired', inService: 'InService', dimensions: {} },
    },
    size,
    onLine: line => lines.push(line),
    onFault: fault => faults.push(fault),
  });
  fleets.push(fleet);
  fleet.start();
  const begun = () => lines.filter(line => line.startsWith('began ')).map(line => Number(line.slice(6)));
  return { fleet, lines, faults, begun };
}

describe('a fleet of child processes', () => {
  it('starts as many as it is to have, with their variables, and reads what they write', async () => {
    const { fleet, lines, begun } = fleetOf('patient', 2);
    await until('both run', () => begun().length === 2);
    expect([...fleet.pids].sort()).toEqual(begun().sort());
    await until('both wrote', () => lines.filter(line => line === 'with hello').length === 2);
  });

  it('gives whoever is killed a successor', async () => {
    const { fleet, begun } = fleetOf('patient', 2);
    await until('both run', () => begun().length === 2);
    const [victim = 0, other] = fleet.pids;
    await fleet.kill(victim);
    expect(fleet.pids).toEqual([other]);
    await until('there are two again', () => fleet.pids.length === 2 && begun().length === 3);
    expect(fleet.pids).not.toContain(victim);
  });

  it('tells each to stop, and waits until it has', async () => {
    const { fleet, lines, begun } = fleetOf('patient', 2);
    await until('both run', () => begun().length === 2);
    await fleet.stop();
    expect(lines.filter(line => line === 'stopping')).toHaveLength(2);
    expect(fleet.pids).toEqual([]);
  });

  it('starts no successor of one that ended by itself, in order', async () => {
    const { fleet, begun } = fleetOf('drained');
    await until('it ended', () => begun().length === 1 && fleet.pids.length === 0);
    await fleet.stop();
    expect(begun()).toHaveLength(1);
  });

  it('gives up when workers end at once again and again, and says so', async () => {
    const { faults, begun } = fleetOf('broken');
    await until('the fleet is given up', () => faults.length === 1, 20_000);
    expect(begun()).toHaveLength(5);
    expect(faults).toEqual(['videos: 5 workers in a row ended at once; no more are started.']);
  }, 30_000);

  it('names its workers when one is to be killed that it has not', async () => {
    const { fleet, begun } = fleetOf('patient');
    await until('it runs', () => begun().length === 1);
    await expect(fleet.kill(1)).rejects.toThrow(`videos has no worker 1; it has: ${begun()[0]}.`);
  });

  it('may have nobody', async () => {
    const { fleet } = fleetOf('patient', 0);
    expect(fleet.pids).toEqual([]);
  });

  it('does not outlive whoever started it, even if that was killed', async () => {
    writeFileSync(join(folder, 'patient.mjs'), programs.patient);
    const starter = join(folder, 'starter.mjs');
    writeFileSync(
      starter,
      `import { LocalWorker } from ${JSON.stringify(join(import.meta.dirname, '../../../local/workers/local-worker.ts'))};
       new LocalWorker({ directory: ${JSON.stringify(folder)}, command: ['patient.mjs'], environment: {} }, line => console.log(line));`,
    );
    const parent = spawn(process.execPath, ['--no-warnings', starter], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    parent.stdout.on('data', chunk => {
      output += String(chunk);
    });
    const pid = await until(
      'the worker runs',
      () => Number(/began (\d+)/.exec(output)?.[1] ?? 0) || undefined,
    );
    parent.kill('SIGKILL');
    await until('it is gone', () => !runs(pid));
  });
});

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
