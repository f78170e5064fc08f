import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const folder = resolve(import.meta.dirname, '../../.local');

/**
 * Keeps a file that a scenario made, for a person to open.
 *
 * @param place folder and name, `memes/cat.png`.
 * @returns where it is, from the repository's root.
 */
export function keepFile(place: string, content: Uint8Array): string {
  const path = join(folder, place);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return join('.local', place);
}
