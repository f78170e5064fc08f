import { permissions } from '../../aws/permissions.ts';
import { defineCommand } from '../../command/define-command.ts';
import { seconds } from '../../command/option-values.ts';
import type { Session } from '../../command/session.ts';
import { parseQueueAddress } from '../../queues/queue-address.ts';
import { lookUpQueue } from '../../queues/queue-lookup.ts';
import type { Queue } from '../../queues/queues.ts';
import { type DepthRow, depthTable } from '../depth-table.ts';

interface Flags {
  readonly watch?: number | true;
}

const defaultWatchSeconds = 2;

export const depth = defineCommand<Flags>({
  name: 'depth',
  summary: 'tell how many messages are in queues and their DLQs',
  description: 'The counts are the approximations of SQS, which on AWS may be a minute old.',
  args: { '<queue...>': 'names, system/role, outputs, URLs or ARNs' },
  options: command =>
    command.option('--watch [time]', 'look again this often, until Ctrl-C (default: 2s)', seconds(1, 3600)),
  examples: [
    'depth order-processing/payment',
    'depth order-processing/payment order-processing/inventory --watch 5s --local',
  ],
  permissions: permissions.find,
  run: async ({ args, flags, session }) => {
    const queues = await withDeadLetterQueues(session, args);
    if (flags.watch === undefined) {
      const depths = await depthsOf(session, queues);
      return { text: depthTable(depths), document: { queues: depths } };
    }
    const every = flags.watch === true ? defaultWatchSeconds : flags.watch;
    while (!session.interrupt.aborted) {
      const depths = await depthsOf(session, queues);
      if (flags.json) {
        session.context.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), queues: depths })}\n`);
      } else {
        session.terminal.repaint(depthTable(depths));
      }
      await session.clock.sleep(every * 1000, session.interrupt);
    }
    return {};
  },
});

async function withDeadLetterQueues(session: Session, texts: readonly string[]): Promise<readonly Queue[]> {
  const found = new Map<string, Queue>();
  for (const text of texts) {
    const queue = await session.find(text);
    found.set(queue.arn, queue);
    const { deadLetterQueueArn } = await session.queues.state(queue);
    if (deadLetterQueueArn && !found.has(deadLetterQueueArn)) {
      found.set(deadLetterQueueArn, await lookUpQueue(session.queues, parseQueueAddress(deadLetterQueueArn)));
    }
  }
  return [...found.values()];
}

function depthsOf({ queues }: Session, of: readonly Queue[]): Promise<readonly DepthRow[]> {
  return Promise.all(
    of.map(async queue => {
      const { visible, inFlight, delayed } = await queues.state(queue);
      return { name: queue.name, visible, inFlight, delayed };
    }),
  );
}
