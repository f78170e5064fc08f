import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes the folder of a run, for what its test files share. */
export default function setup() {
  process.env.TEST_RUN_FOLDER = mkdtempSync(join(tmpdir(), 'messaging-run-'));
}
