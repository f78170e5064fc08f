import { CommandFailure } from '../command-errors.ts';
import { parseQueueAddress } from './queue-address.ts';
import { lookUpQueue } from './queue-lookup.ts';
import type { Queue, Queues } from './queues.ts';
import type { DeadLetteringSubscription, Subscriptions } from './subscriptions.ts';

/** DLQ of queues: SQS moves its messages back itself. */
export interface SourceQueueRoute {
  readonly by: 'move-task';
  readonly deadLetterQueue: Queue;
  /** The queues that name it as their DLQ. */
  readonly sources: readonly Queue[];
  /** Where all messages go, if not back to where each came from. */
  readonly to?: Queue;
}

/** DLQ of subscriptions, functions or rules: SQS moves nothing out of these, so messages are copied. */
export interface CopyRoute {
  readonly by: 'copy';
  readonly deadLetterQueue: Queue;
  readonly to: Queue;
  /** The subscription that could not deliver; none where the target was named. */
  readonly subscription?: DeadLetteringSubscription;
}

/** From which queue to which, and how. */
export type DeadLetterRoute = SourceQueueRoute | CopyRoute;

/**
 * Finds the DLQ that an operator means and where its messages belong, by what refers to it and not by
 * its name. Either the DLQ or the queue whose DLQ it is may be given.
 *
 * @throws CommandFailure when nothing refers to the queue, or more than one target is possible.
 */
export async function findRoute(
  queues: Queues,
  subscriptions: Subscriptions,
  queue: Queue,
  to?: Queue,
): Promise<DeadLetterRoute> {
  const sources = await queues.sourcesOf(queue);
  if (sources.length > 0)
    return checked({ by: 'move-task', deadLetterQueue: queue, sources, ...(to && { to }) });

  const { deadLetterQueueArn } = await queues.state(queue);
  if (deadLetterQueueArn) {
    const deadLetterQueue = await lookUpQueue(queues, parseQueueAddress(deadLetterQueueArn));
    return checked({
      by: 'move-task',
      deadLetterQueue,
      sources: await queues.sourcesOf(deadLetterQueue),
      ...(to && { to }),
    });
  }

  if (to) return checked({ by: 'copy', deadLetterQueue: queue, to });

  const subscription = onlyOne(queue, await subscriptions.deadLetteringTo(queue.arn));
  return checked({
    by: 'copy',
    deadLetterQueue: queue,
    to: await lookUpQueue(queues, parseQueueAddress(subscription.endpoint)),
    subscription,
  });
}

function onlyOne(
  { name }: Queue,
  subscriptions: readonly DeadLetteringSubscription[],
): DeadLetteringSubscription {
  const [subscription, ...others] = subscriptions;
  if (!subscription) {
    throw new CommandFailure(
      `${name} has no DLQ, and no queue or subscription in its region has it as theirs.\n` +
        'If it is the DLQ of a function or a rule, say which queue its messages go to: --to <queue>.',
    );
  }
  if (others.length > 0) {
    throw new CommandFailure(
      `${name} is the DLQ of ${subscriptions.length} subscriptions, and a message does not tell which it was for:\n` +
        `${subscriptions.map(({ endpoint }) => `  ${endpoint}\n`).join('')}Say which queue the messages go to: --to <queue>.`,
    );
  }
  if (subscription.protocol !== 'sqs') {
    throw new CommandFailure(
      `${name} is the DLQ of a subscription that delivers to no queue, but by ${subscription.protocol} to ${subscription.endpoint}.\n` +
        'Say which queue its messages go to instead: --to <queue>.',
    );
  }
  return subscription;
}

function checked<Route extends DeadLetterRoute>(route: Route): Route {
  const { deadLetterQueue, to } = route;
  if (to?.arn === deadLetterQueue.arn) {
    throw new CommandFailure(`${to.name} is the DLQ itself: --to names the queue that its messages go to.`);
  }
  if (to && to.fifo !== deadLetterQueue.fifo) {
    throw new CommandFailure(
      `${deadLetterQueue.name} is ${typeOf(deadLetterQueue)} and ${to.name} is ${typeOf(to)}: messages go to a queue of the same type only. Choose another with --to.`,
    );
  }
  return route;
}

function typeOf({ fifo }: Queue): string {
  return fifo ? 'a FIFO queue' : 'a standard queue';
}
