import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const read = new Map<string, unknown>();

/**
 * What takes long and is the same for every test file: the first of a run that asks makes it, the others read it.
 *
 * @param key names it, with all that it depends on beside the sources.
 * @param make its answer must be the same once it has been JSON.
 */
export function onceInARun<Value>(key: string, make: () => Value): Value {
  const name = createHash('sha256').update(key).digest('hex');
  if (!read.has(name)) {
    const file = join(process.env.TEST_RUN_FOLDER ?? '', `${name}.json`);
    if (!existsSync(file)) {
      // Whole or not at all, whoever makes it at the same time.
      const part = `${file}.${process.pid}`;
      writeFileSync(part, JSON.stringify(make()));
      renameSync(part, file);
    }
    read.set(name, JSON.parse(readFileSync(file, 'utf8')));
  }
  return read.get(name) as Value;
}
