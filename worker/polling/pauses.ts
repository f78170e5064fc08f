import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Seconds after which a failed job's message comes back: `first` doubled at every failure, at most `last`,
 * and up to a fifth less by chance, so that what failed together does not come back together.
 */
export function retryPause(
  receiveCount: number,
  { first, last }: { readonly first: number; readonly last: number },
  random: () => number = Math.random,
): number {
  const doubled = Math.min(last, first * 2 ** Math.min(30, Math.max(0, receiveCount - 1)));
  return Math.round(doubled * (1 - random() / 5));
}

/** Milliseconds before the queue is asked again after so many calls in a row failed: 1 s doubled, at most 30 s. */
export function pollPause(failuresInARow: number, random: () => number = Math.random): number {
  const doubled = Math.min(30_000, 1_000 * 2 ** Math.min(10, failuresInARow - 1));
  return doubled * (0.5 + random() / 2);
}

/** Waits, or returns early when the signal is aborted. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
