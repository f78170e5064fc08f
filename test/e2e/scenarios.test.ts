import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { systemsWithScenario } from '../../local/scenarios/scenario-catalogue.ts';

const repository = resolve(import.meta.dirname, '../..');

interface CheckOutput {
  readonly passed: boolean;
  readonly steps: readonly { readonly name: string; readonly passed: boolean; readonly error?: string }[];
}

/** Runs a system's check as `npm start -- --check` does, on free ports. */
async function check(system: string): Promise<CheckOutput> {
  const options = [system, '--check', '--json', '--port', '0', '--http-port', '0'];
  const output = await new Promise<string>((settled, failed) => {
    execFile(
      process.execPath,
      [join(repository, 'local/main.ts'), ...options],
      { cwd: repository, maxBuffer: 2 ** 24 },
      (error, stdout, stderr) => (stdout === '' && error ? failed(new Error(stderr)) : settled(stdout)),
    );
  });
  return JSON.parse(output) as CheckOutput;
}

describe('on the local cloud', () => {
  it.each(systemsWithScenario())(
    '%s does what its scenario says',
    async system => {
      const { passed, steps } = await check(system);

      expect(steps.filter(step => !step.passed)).toEqual([]);
      expect(steps.length).toBeGreaterThan(3);
      expect(passed).toBe(true);
    },
    90_000,
  );
});
