import { CommandFailure } from '../command-errors.ts';
import { nearestNames } from './nearest-names.ts';
import { parseQueueAddress, type QueueAddress } from './queue-address.ts';
import type { Queue, Queues } from './queues.ts';

/**
 * The queue that an operator named; where none has that name, the FIFO queue whose name it begins.
 *
 * @throws CommandFailure, with the nearest names, when there is none, or it has no DLQ and that was meant.
 */
export async function lookUpQueue(queues: Queues, address: QueueAddress): Promise<Queue> {
  const queue = await namedQueue(queues, address);
  return address.deadLetterQueue ? deadLetterQueueOf(queues, queue) : queue;
}

/**
 * The queue to which another's failed messages go, by what the other says and not by a name.
 *
 * @throws CommandFailure when it has none.
 */
export async function deadLetterQueueOf(queues: Queues, queue: Queue): Promise<Queue> {
  const { deadLetterQueueArn } = await queues.state(queue);
  if (!deadLetterQueueArn) throw new CommandFailure(`${queue.name} has no DLQ.`);
  return namedQueue(queues, parseQueueAddress(deadLetterQueueArn));
}

/** The DLQ that an operator means, who may name the queue whose DLQ it is: a queue without one is meant itself. */
export async function deadLetterQueueMeant(queues: Queues, queue: Queue): Promise<Queue> {
  if ((await queues.sourcesOf(queue)).length > 0) return queue;
  const { deadLetterQueueArn } = await queues.state(queue);
  return deadLetterQueueArn ? namedQueue(queues, parseQueueAddress(deadLetterQueueArn)) : queue;
}

async function namedQueue(queues: Queues, address: QueueAddress): Promise<Queue> {
  const found = await queues.find(address);
  if (found) return found;
  const fifo = address.name.endsWith('.fifo')
    ? undefined
    : await queues.find({ ...address, name: `${address.name}.fifo` });
  if (fifo) return fifo;
  throw new CommandFailure(
    [
      `There is no queue ${address.name}${address.region ? ` in ${address.region}` : ''}${address.accountId ? ` of account ${address.accountId}` : ''}, or you may not see it.`,
      ...(await suggestions(queues, address)),
    ].join('\n'),
  );
}

async function suggestions(queues: Queues, { name }: QueueAddress): Promise<string[]> {
  const elsewhere =
    'Another account or region? Choose with --profile and --region; the local cloud with --local.';
  try {
    const names = await queues.names();
    const nearest = nearestNames(name, names);
    if (nearest.length > 0) return [`Did you mean ${nearest.join(', ')}?`, elsewhere];
    return [
      names.length === 0 ? 'There are no queues here at all.' : `There are ${names.length} others.`,
      elsewhere,
    ];
  } catch {
    // Whoever may not list queues still deserves the answer to what was asked.
    return [elsewhere];
  }
}
