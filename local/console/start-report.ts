import { styleText } from 'node:util';
import type { LocalCloud } from '../cloud.ts';

/** What a person should know of a local cloud that has just started. */
export function startReport(cloud: LocalCloud): string[] {
  const { endpoint, stacks, fleets, knownLimits, notes, notRun } = cloud;
  return [
    `${styleText('bold', 'AWS endpoint')}  ${endpoint}  SQS, SNS, S3, DynamoDB, KMS, SES, Secrets Manager, EventBridge Scheduler, Step Functions`,
    ...stacks.flatMap(stack => [
      styleText('bold', stack.name),
      ...Object.entries(stack.outputs).map(([name, value]) => `  ${name.padEnd(22)} ${value}`),
    ]),
    ...listed(
      'Workers',
      fleets.map(
        ({ spec, pids }) => `${spec.fleetName}: ${pids.length} (process ${pids.join(', ') || 'none'})`,
      ),
    ),
    ...listed('Differs from the template', grouped(notes)),
    ...listed(
      'Not run here',
      grouped(notRun.map(({ type, path, reason }) => ({ text: `${type}: ${reason}`, path }))),
    ),
    ...listed('Otherwise than on AWS', knownLimits),
  ];
}

function listed(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [styleText('bold', title), ...lines.map(line => `  ${line}`)];
}

/** What is the same of several resources, as one line: the first of them, and how many more. */
function grouped(notes: LocalCloud['notes']): string[] {
  return [...Map.groupBy(notes, note => note.text)].map(([text, same]) => {
    const paths = same.map(({ path }) => path.replace(/\/Resource$/, ''));
    const more = paths.length > 3 ? ` and ${paths.length - 3} more` : '';
    return `${text} (${paths.slice(0, 3).join(', ')}${more})`;
  });
}
