import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { CommandFailure } from '../command-errors.ts';

const repository = resolve(import.meta.dirname, '../..');

/**
 * Synthesizes the app as the CDK CLI does, without bundling any code: templates say the same.
 *
 * @param given - context that goes over cdk.json's.
 * @returns the directory of the cloud assembly, which goes when the process ends.
 * @throws CommandFailure with what the app printed.
 */
export async function synthesize(given: Readonly<Record<string, string>>): Promise<string> {
  const { app, context } = JSON.parse(readFileSync(join(repository, 'cdk.json'), 'utf8')) as {
    readonly app: string;
    readonly context: Readonly<Record<string, unknown>>;
  };
  const directory = temporaryAssembly();
  const child = spawn(app, {
    cwd: repository,
    shell: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      PATH: [dirname(process.execPath), join(repository, 'node_modules/.bin'), process.env.PATH].join(
        delimiter,
      ),
      CDK_OUTDIR: directory,
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, 'aws:cdk:bundling-stacks': [], ...given }),
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
  if (code !== 0) throw new CommandFailure(`\`${app}\` failed:\n${Buffer.concat(said).toString().trim()}`);
  return directory;
}

function temporaryAssembly(): string {
  const parent = join(repository, '.local');
  mkdirSync(parent, { recursive: true });
  const directory = mkdtempSync(join(parent, 'cost-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
