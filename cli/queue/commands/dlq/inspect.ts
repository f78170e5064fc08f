import { isLoopback } from '../../../aws/connection.ts';
import { permissions } from '../../../aws/permissions.ts';
import { defineCommand } from '../../../command/define-command.ts';
import { wholeNumber } from '../../../command/option-values.ts';
import type { Session } from '../../../command/session.ts';
import { CommandFailure } from '../../../command-errors.ts';
import { messageDocument } from '../../../messages/message-document.ts';
import { type FailureGroup, failureGroups } from '../../../queues/failure-groups.ts';
import { summaryOf } from '../../../queues/message-summary.ts';
import { deadLetterQueueMeant } from '../../../queues/queue-lookup.ts';
import type { Queue } from '../../../queues/queues.ts';
import { sample, sampleHiddenSeconds } from '../../../queues/sampling.ts';
import { failureGroupText, whereTheReasonIs } from '../../failure-texts.ts';

interface Flags {
  readonly max: number;
}

export const dlqInspect = defineCommand<Flags>({
  name: 'inspect',
  summary: 'show why messages are in a DLQ: by reason and type, with an example of each',
  description:
    'Give the DLQ, or the queue whose DLQ it is. Where messages do not say why, it says where to look. ' +
    'Looking counts as one receive more of each message, which has no effect in a DLQ.',
  args: { '<queue>': 'name, system/role, output, URL or ARN' },
  options: command => command.option('--max <n>', 'messages to look at', wholeNumber(1, 10_000), 500),
  examples: ['dlq inspect order-processing/payment --local', 'dlq inspect order-processing/payment --json'],
  permissions: [...permissions.find, ...permissions.sources, ...permissions.receive, ...permissions.release],
  run: async ({ args: [text = ''], flags, session }) => {
    const dlq = await deadLetterQueueMeant(session.queues, await session.find(text));
    const { visible, inFlight, deadLetterQueueArn } = await session.queues.state(dlq);
    if (deadLetterQueueArn) {
      throw new CommandFailure(
        `${dlq.name} has a DLQ of its own, to which a message might go for being looked at. \`queue peek\` looks, and says how near each is to that.`,
      );
    }
    const { messages, released } = await sample(session.queues, dlq, {
      size: flags.max,
      visible,
      signal: session.interrupt,
      hiddenSeconds: sampleHiddenSeconds + Math.ceil(flags.max / 20),
    });
    const groups = failureGroups(messages);
    const advice = adviceOn(session, groups);
    const notes = [
      ...(released ? [] : ['Some messages stay hidden for a while: they could not be released.']),
      ...(inFlight > 0 ? [`${inFlight} more are in the hands of another program.`] : []),
    ];
    return {
      text: [
        headline(dlq, visible, messages.length),
        ...groups.map(group => failureGroupText(group, Date.now())),
        ...advice,
        ...notes,
      ].join('\n\n'),
      document: {
        deadLetterQueue: { name: dlq.name, arn: dlq.arn },
        visible,
        inFlight,
        lookedAt: messages.length,
        groups: groups.map(groupDocument),
        advice,
        notes,
      },
    };
  },
});

function headline({ name }: Queue, visible: number, lookedAt: number): string {
  if (lookedAt === 0) return `${name}: no message is visible.`;
  return lookedAt >= visible
    ? `${name}: looked at all ${lookedAt}.`
    : `${name}: looked at ${lookedAt} of about ${visible}; --max looks at more.`;
}

function adviceOn({ endpoint }: Session, groups: readonly FailureGroup[]): readonly string[] {
  const silent = groups.find(({ reason }) => reason === undefined);
  if (!silent) return [];
  const { subject, messageId } = summaryOf(silent.sample);
  return [whereTheReasonIs(silent.sources, subject ?? messageId, isLoopback(endpoint))];
}

function groupDocument({
  sample: example,
  oldestSentAt,
  newestSentAt,
  firstSeenAt,
  ...group
}: FailureGroup): object {
  const time = (name: string, at: number | undefined) =>
    at === undefined ? {} : { [name]: new Date(at).toISOString() };
  return {
    ...group,
    ...time('oldestSentAt', oldestSentAt),
    ...time('newestSentAt', newestSentAt),
    ...time('firstSeenAt', firstSeenAt),
    sample: messageDocument(example),
  };
}
