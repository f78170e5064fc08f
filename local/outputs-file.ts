import { writeFileSync } from 'node:fs';
import type { LocalStack } from './cloud.ts';

/**
 * Writes the outputs of stacks as `cdk deploy --outputs-file` does: a JSON object of stacks, each an
 * object of outputs.
 *
 * @throws Error when the file cannot be written.
 */
export function writeOutputsFile(file: string, stacks: readonly LocalStack[]): void {
  const outputs = Object.fromEntries(stacks.map(stack => [stack.name, stack.outputs]));
  try {
    writeFileSync(file, `${JSON.stringify(outputs, null, 2)}\n`);
  } catch (cause) {
    throw new Error(
      `Cannot write the outputs to ${file}: ${(cause as Error).message}. Give another --write-outputs.`,
      { cause },
    );
  }
}
