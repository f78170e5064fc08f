import type { FailureGroup } from '../queues/failure-groups.ts';
import { counted } from '../terminal/counted.ts';
import { agoText } from '../terminal/durations.ts';
import { harmless, printable } from '../terminal/text-table.ts';

/** As much of a body as tells what it is. */
const shownBody = 400;

/** A group of failed messages, for a person. */
export function failureGroupText(group: FailureGroup, now: number): string {
  const { reason, type, count, fewestReceives, mostReceives, sample } = group;
  const ago = (at: number | undefined) => (at === undefined ? 'unknown' : agoText(at, now));
  const receives = fewestReceives === mostReceives ? fewestReceives : `${fewestReceives} to ${mostReceives}`;
  const body = harmless(sample.body).replace(/\s+/g, ' ');
  return [
    `${counted(count, 'message')} of type ${printable(type)}: ${reason === undefined ? 'why, they do not say' : printable(reason, shownBody)}`,
    ...(group.sources.length > 0 ? [`  given up by ${group.sources.join(', ')}`] : []),
    `  sent ${ago(group.oldestSentAt)} to ${ago(group.newestSentAt)}, first received ${ago(group.firstSeenAt)}, receives ${receives}`,
    `  for example ${sample.id}`,
    `  | ${body.length > shownBody ? `${body.slice(0, shownBody)}…` : body}`,
  ].join('\n');
}

/**
 * Where to find why messages failed that do not say so.
 *
 * @param sources - ARNs of the queues whose consumers gave them up.
 * @param subject - what the log names them by.
 */
export function whereTheReasonIs(sources: readonly string[], subject: string, local: boolean): string {
  const who =
    sources.length === 0
      ? 'SQS does not tell where these came from. If a consumer gave them up, its log says why.'
      : 'A redrive policy does not say why: the consumer failed on them, and its log names the reason.';
  if (local)
    return `${who} Here, functions write to the terminal of \`npm start\`: search it for ${printable(subject)}.`;
  const mappings = sources.map(
    arn =>
      `  aws lambda list-event-source-mappings --event-source-arn ${arn} --query 'EventSourceMappings[].FunctionArn' --output text`,
  );
  return [
    who,
    ...mappings,
    '  aws lambda get-function-configuration --function-name <function> --query LoggingConfig.LogGroup --output text',
    `  aws logs filter-log-events --log-group-name <log group> --filter-pattern '"${printable(subject)}"'`,
  ].join('\n');
}
