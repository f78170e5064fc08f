import { permissions } from '../../../aws/permissions.ts';
import { defineCommand } from '../../../command/define-command.ts';
import type { Session } from '../../../command/session.ts';
import { CommandFailure } from '../../../command-errors.ts';
import { type DeadLetterQueueListing, deadLetterQueues } from '../../../queues/dead-letter-queues.ts';
import type { DeadLetteringSubscription } from '../../../queues/subscriptions.ts';
import { counted } from '../../../terminal/counted.ts';
import { textTable, wholeNames } from '../../../terminal/text-table.ts';

interface Flags {
  readonly waiting?: boolean;
}

export const dlqList = defineCommand<Flags>({
  name: 'list',
  summary: 'list the DLQs of a region, whose they are and what waits in them',
  description:
    'Those that a queue or a subscription names, and those that are called so: functions, rules and schedules ' +
    'name their DLQs where neither SQS nor SNS tells of it.',
  aboutQueue: false,
  options: command => command.option('--waiting', 'only those in which something waits'),
  examples: ['dlq list --local', 'dlq list --waiting --json'],
  permissions: [
    ...permissions.list,
    ...permissions.state,
    'sns:ListSubscriptions',
    'sns:GetSubscriptionAttributes',
  ],
  run: async ({ flags, session }) => {
    const all = await deadLetterQueues(session.administration, await subscriptionsOf(session));
    const shown = flags.waiting ? all.filter(({ visible, inFlight }) => visible + inFlight > 0) : all;
    const waiting = all.filter(({ visible }) => visible > 0).length;
    return {
      text: [
        ...(shown.length > 0
          ? [textTable(['DLQ', 'visible', 'in flight', 'of'], shown.map(rowOf), wholeNames), '']
          : []),
        `${counted(all.length, 'DLQ')}; messages wait in ${waiting}.`,
      ].join('\n'),
      document: { deadLetterQueues: shown },
    };
  },
});

/** Whoever may not see subscriptions still sees the DLQs of queues. */
async function subscriptionsOf({
  subscriptions,
  terminal,
}: Session): Promise<readonly DeadLetteringSubscription[]> {
  try {
    return await subscriptions.deadLettering();
  } catch (fault) {
    if (!(fault instanceof CommandFailure)) throw fault;
    terminal.say(`Without the DLQs of subscriptions: ${fault.message}`);
    return [];
  }
}

function rowOf({
  name,
  visible,
  inFlight,
  queues,
  subscriptions,
}: DeadLetterQueueListing): readonly string[] {
  const of = [...queues, ...subscriptions.map(text => `the subscription of ${text}`)];
  return [name, String(visible), String(inFlight), of.join(', ') || 'not told; by its name'];
}
