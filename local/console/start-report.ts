import { styleText } from 'node:util';
import type { LocalCloud } from '../cloud.ts';

/** What a person should know of a local cloud that has just started. */
export function startReport(cloud: LocalCloud): string[] {
  const { endpoint, stacks, knownLimits, notes, notRun } = cloud;
  return [
    `${styleText('bold', 'AWS endpoint')}  ${endpoint}  SQS, SNS, S3, DynamoDB`,
    ...stacks.flatMap(stack => [
      styleText('bold', stack.name),
      ...Object.entries(stack.outputs).map(([name, value]) => `  ${name.padEnd(22)} ${value}`),
    ]),
    ...listed('Differs from the template', grouped(notes)),
    ...listed(
      'Not run here',
      notRun.map(({ type, path, reason }) => `${type} ${path}: ${reason}`),
    ),
    ...listed('Otherwise than on AWS', knownLimits),
  ];
}

function listed(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [styleText('bold', title), ...lines.map(line => `  ${line}`)];
}

/** Notes that say the same of several resources, as one line. */
function grouped(notes: LocalCloud['notes']): string[] {
  const byText = Map.groupBy(notes, note => note.text);
  return [...byText].map(([text, same]) => `${text}: ${same.map(note => note.path).join(', ')}`);
}
