import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { UsageError } from '../command-errors.ts';

const outputsSchema = v.record(v.string(), v.record(v.string(), v.unknown()));

/** Outputs of stacks, by stack and name. */
export type StackOutputs = v.InferOutput<typeof outputsSchema>;

/**
 * Reads what `cdk deploy --outputs-file` or `npm start -- --write-outputs` wrote.
 *
 * @throws UsageError when there is no such file, or it is another.
 */
export function readStackOutputs(file: string): StackOutputs {
  try {
    return v.parse(outputsSchema, JSON.parse(readFileSync(file, 'utf8')));
  } catch (fault) {
    throw new UsageError(
      `--outputs ${file} cannot be read (${(fault as Error).message}). It is written by \`npx cdk deploy --outputs-file ${file}\` or \`npm start -- --write-outputs ${file}\`.`,
    );
  }
}

/**
 * What an operator's `stack/payment`, `stack/payment/dlq` or `stack/PaymentDlqUrl` is in the outputs of
 * that stack: a queue's URL or ARN.
 */
export function outputFor(text: string, outputs: StackOutputs): string | undefined {
  const [stack = '', name = '', role, ...rest] = text.split('/');
  const of = Object.hasOwn(outputs, stack) ? outputs[stack] : undefined;
  if (!of || rest.length > 0) return undefined;
  const kind = role === 'dlq' ? 'Dlq' : 'Queue';
  const names = [name, ...['Url', 'Arn'].map(form => `${pascal(name)}${kind}${form}`)];
  return names.map(key => of[key]).find(value => typeof value === 'string');
}

function pascal(name: string): string {
  return name.replace(/(?:^|-)([a-z0-9])/g, (_, first: string) => first.toUpperCase());
}
