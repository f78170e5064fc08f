import { errorFrom } from '../shared/failures.ts';
import { copyOf, type DeadLetter, lanesOf } from './domain/dead-letter.ts';
import type { RedriveQueues } from './redrive-queues.ts';

/** What became of letters that were to be moved. */
export interface MovedLetters {
  /** How many are in their DLQ still; of a crash between copy and deletion, both. */
  readonly kept: number;
  /** Why, of each that failed; those that stood behind it in its group have none of their own. */
  readonly failures: readonly Error[];
}

/**
 * Moves letters from one queue to another: each is copied, and deleted only once the copy is taken. A crash in
 * the middle leaves a message in both queues, and never in none.
 */
export async function moveLetters(
  queues: Pick<RedriveQueues, 'send' | 'delete'>,
  letters: readonly DeadLetter[],
  from: string,
  to: string,
): Promise<MovedLetters> {
  const kind = { isFifo: to.endsWith('.fifo') };
  let moved = 0;
  const moveLane = async (lane: readonly DeadLetter[]): Promise<void> => {
    for (const letter of lane) {
      await queues.send(to, copyOf(letter, kind));
      await queues.delete(from, letter);
      moved += 1;
    }
  };
  const ends = await Promise.allSettled(lanesOf(letters, kind).map(moveLane));
  return {
    kept: letters.length - moved,
    failures: ends.flatMap(end => (end.status === 'rejected' ? [errorFrom(end.reason)] : [])),
  };
}
