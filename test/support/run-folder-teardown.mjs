import { rmSync } from 'node:fs';

/** Takes the folder of the run away. */
export default function teardown() {
  rmSync(process.env.TEST_RUN_FOLDER, { recursive: true, force: true });
}
