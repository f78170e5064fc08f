import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '..');

/** The app could not be synthesized; what it printed is part of the message. */
export class SynthesisError extends Error {
  override readonly name = 'SynthesisError';
}

/**
 * Synthesizes the app as the CDK CLI does: the command and the context of cdk.json. Validation is left
 * to `npm run synth` and the tests, since it takes longer than all the rest. Stage dev has all alarms here, as
 * prod has them.
 *
 * @param context `key=value` pairs that go over those of cdk.json.
 * @returns the directory of the cloud assembly, which goes when the process ends. It is inside the
 * project, where the functions' bundles find the AWS SDK.
 * @throws SynthesisError
 */
export async function synthesize(context: readonly string[]): Promise<string> {
  const { app, context: settings } = JSON.parse(readFileSync(join(repository, 'cdk.json'), 'utf8')) as {
    readonly app: string;
    readonly context: Readonly<Record<string, unknown>>;
  };
  const directory = directoryOfThisProcess();
  const given = Object.fromEntries(
    context.map(pair => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
  const child = spawn(app, {
    cwd: repository,
    shell: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      PATH: [dirname(process.execPath), join(repository, 'node_modules', '.bin'), process.env.PATH].join(
        delimiter,
      ),
      CDK_OUTDIR: directory,
      // Alarms cost nothing here.
      CDK_CONTEXT_JSON: JSON.stringify({ ...settings, alarms: 'full', ...given }),
      CDK_VALIDATION: 'false',
    },
  });
  const said: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  const code = await new Promise<number | null>((settled, failed) => {
    child.once('error', failed);
    child.once('close', settled);
  });
  if (code !== 0) {
    rmSync(directory, { recursive: true, force: true });
    throw new SynthesisError(`\`${app}\` failed:\n${readable(Buffer.concat(said).toString())}`);
  }
  return directory;
}

/** A directory of its own: two that synthesize at the same time must not write over each other. */
function directoryOfThisProcess(): string {
  const parent = join(repository, '.local');
  mkdirSync(parent, { recursive: true });
  const directory = mkdtempSync(join(parent, 'cdk.out-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** What an app printed, without the frames of its stack trace. */
function readable(output: string): string {
  const lines = output
    .split('\n')
    .filter(line => !/^\s+at |^file:|^\s*\^|^\s+throw |^Bundling asset|^Node\.js v|^\s*$/.test(line));
  return lines.slice(-20).join('\n');
}
