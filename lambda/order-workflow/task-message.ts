import * as v from 'valibot';
import { BadMessageError } from '../shared/failures.ts';
import { textField } from '../shared/message-body.ts';

/**
 * A message of the workflow's, read.
 *
 * @throws BadMessageError naming every field that is wrong.
 */
export function parseTask<Task>(schema: v.GenericSchema<unknown, Task>, content: unknown): readonly Task[] {
  const result = v.safeParse(schema, content);
  if (result.success) return [result.output];
  const faults = result.issues.map(issue => `${v.getDotPath(issue) ?? 'body'}: ${issue.message}`);
  throw new BadMessageError(`The message body is no task of the workflow: ${faults.join('; ')}.`);
}

/** What a message is about, for the log, whether it can be read or not; its token is nobody's business. */
export function subjectOf(content: unknown): Readonly<Record<string, unknown>> {
  const order: unknown =
    typeof content === 'object' && content !== null && 'order' in content ? content.order : undefined;
  return { order_id: textField(order, 'order_id'), correlation_id: textField(order, 'correlation_id') };
}
