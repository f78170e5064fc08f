import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { RunningSystem } from './scenario.ts';

const repository = resolve(import.meta.dirname, '../..');

/**
 * Moves what waits in a DLQ to a queue, by the command that an operator types.
 *
 * @returns how many messages were moved.
 */
export async function redriveTo(
  system: Pick<RunningSystem, 'endpoint'>,
  deadLetterQueueUrl: string,
  queueUrl: string,
): Promise<number> {
  const nameOf = (url: string) => url.slice(url.lastIndexOf('/') + 1);
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(repository, 'cli/redrive.ts'),
    nameOf(deadLetterQueueUrl),
    ...['--to', nameOf(queueUrl)],
    ...['--endpoint', system.endpoint],
    '--yes',
    '--json',
  ]);
  return (JSON.parse(stdout) as { readonly moved: number }).moved;
}
