import type { DeadLetterRoute } from '../queues/dead-letter-route.ts';
import type { Inspection } from '../queues/inspection.ts';
import type { MoveTask } from '../queues/move-tasks.ts';
import type { QueueState } from '../queues/queues.ts';
import { counted } from '../terminal/counted.ts';
import { agoText, durationText } from '../terminal/durations.ts';
import { printable, textTable } from '../terminal/text-table.ts';
import { filterText } from './message-filter.ts';
import type { RedriveOptions, RedriveReport } from './redrive.ts';
import type { MoveProgress, RedriveOutcome } from './redrive-result.ts';

/** More than these say nothing new at a glance. */
const shownFaults = 10;

/** What is in the DLQ. */
export function inspectionText(route: DeadLetterRoute, inspection: Inspection, now: number): string {
  const { state, sample, oldestSentAt, types, notes } = inspection;
  const lines = [
    `${route.deadLetterQueue.name}, ${roleText(route)}`,
    depthText(state) +
      (oldestSentAt === undefined ? '' : ` The oldest seen was sent ${agoText(oldestSentAt, now)}.`),
  ];
  if (sample.length > 0) {
    const rows = sample.map(message => [
      message.type ?? '',
      message.subject ?? '',
      String(message.receiveCount),
      message.sentAt === undefined ? '' : agoText(message.sentAt, now),
      message.firstReceivedAt === undefined ? '' : agoText(message.firstReceivedAt, now),
      message.error ?? '',
      message.messageId,
    ]);
    const titles = ['type', 'id', 'receives', 'sent', 'first received', 'error', 'message'];
    lines.push(
      '',
      textTable(titles, rows),
      '',
      `Looked at ${counted(sample.length, 'message')}: ${types.map(({ type, count }) => `${printable(type)} ${count}`).join(', ')}. ` +
        'Looking counts as one receive more, which has no effect in a DLQ; a redrive sets the count back.',
    );
  }
  return [...lines, ...notes].join('\n');
}

/** What is going to be done. */
export function planText(
  route: DeadLetterRoute,
  { ratePerSecond, filter }: Pick<RedriveOptions, 'ratePerSecond' | 'filter'>,
): string {
  const rate = ratePerSecond === undefined ? '' : ` at up to ${ratePerSecond} a second`;
  if (route.by === 'copy') {
    const which = filter ? `Those that match (${filterText(filter)})` : 'They';
    return `${which} are copied to ${route.to.name}${rate}, and each is deleted once its copy is accepted.`;
  }
  const target = route.to
    ? `to ${route.to.name}`
    : `back to ${route.sources.length > 1 ? 'the queue that each came from' : namesOf(route.sources)}`;
  return `SQS moves them ${target}${rate}.`;
}

export function followedTaskText(task: MoveTask): string {
  const target = task.destinationArn ? ` to ${task.destinationArn}` : '';
  const rate = task.ratePerSecond ? ` at up to ${task.ratePerSecond} a second` : '';
  const stop = task.handle
    ? `\nTo stop it: aws sqs cancel-message-move-task --task-handle ${task.handle}`
    : '';
  return `A move task is running already${target}${rate}: following it. Ctrl-C ends the watching, not the task.${stop}`;
}

export function progressText({ moved, total }: MoveProgress): string {
  if (!total) return `${moved} moved`;
  return `${moved} of ${Math.max(total, moved)} moved (${Math.min(Math.round((moved / total) * 100), 100)} %)`;
}

const outcomeTexts: Readonly<Record<RedriveOutcome, string>> = {
  done: 'Done',
  'nothing-to-do': 'Nothing to move',
  'dry-run': 'Dry run: nothing was moved',
  declined: 'Nothing was moved',
  failed: 'Failed',
  interrupted: 'Interrupted',
  'left-running': 'Not watched any more; the task goes on',
};

/** What was done. */
export function resultText(report: RedriveReport): string {
  const { outcome, moved, failed, remaining, durationMs, faults, route } = report;
  const head = outcomeTexts[outcome];
  if (outcome === 'nothing-to-do' || outcome === 'dry-run' || outcome === 'declined') return `${head}.`;
  const lines = [
    `${head}: ${moved} moved, ${failed} failed, about ${remaining} left in ${route.deadLetterQueue.name}, ${durationText(durationMs)}.`,
    ...faults
      .slice(0, shownFaults)
      .map(({ messageId, reason }) => (messageId ? `  ${messageId}: ${reason}` : `  ${reason}`)),
  ];
  if (faults.length > shownFaults) lines.push(`  and ${faults.length - shownFaults} more (--json shows all)`);
  if (outcome === 'failed' || outcome === 'interrupted') {
    lines.push('Nothing is lost: what was not moved is still in the DLQ. Run it again to go on.');
  }
  return lines.join('\n');
}

function roleText(route: DeadLetterRoute): string {
  if (route.by === 'move-task') return `DLQ of ${namesOf(route.sources)}`;
  if (!route.subscription) return `messages for ${route.to.name}`;
  const { topicArn } = route.subscription;
  return `DLQ of the subscription of ${route.to.name} to ${topicArn.slice(topicArn.lastIndexOf(':') + 1)}`;
}

function depthText({ visible, inFlight, delayed }: QueueState): string {
  const depth = `About ${counted(visible, 'message')}`;
  const hidden = [
    inFlight > 0 &&
      `${inFlight} in flight (another program has received them; they can be moved when their visibility timeout has passed)`,
    delayed > 0 && `${delayed} delayed`,
  ].filter(Boolean);
  return `${[depth, ...hidden].join(', ')}.`;
}

function namesOf(queues: readonly { readonly name: string }[]): string {
  return queues.map(({ name }) => name).join(', ');
}
