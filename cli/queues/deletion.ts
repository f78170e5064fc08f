import { Retries } from '../sending/retries.ts';
import type { Clock } from '../terminal/clock.ts';
import { type BatchFailure, type HeldMessage, maxBatchSize, type Queue, type Queues } from './queues.ts';

export interface DeletionServices {
  readonly queues: Pick<Queues, 'delete'>;
  readonly clock: Clock;
}

/**
 * Deletes received messages, in batches.
 *
 * @returns those that are still there, and why.
 */
export async function deleteMessages(
  { queues, clock }: DeletionServices,
  queue: Queue,
  messages: readonly HeldMessage[],
): Promise<readonly BatchFailure[]> {
  const retries = new Retries(clock);
  const failures: BatchFailure[] = [];
  for (let start = 0; start < messages.length; start += maxBatchSize) {
    const batch = messages.slice(start, start + maxBatchSize);
    failures.push(...(await retries.untilSettled(batch, open => queues.delete(queue, open))));
  }
  return failures;
}
