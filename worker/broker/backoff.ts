/** Pauses between tries: the first, and the longest. */
export interface Backoff {
  readonly firstMs: number;
  readonly lastMs: number;
}

/** The pause after so many failures in a row, 1 or more: doubled at each, never longer than the last. */
export function pauseAfter(failures: number, { firstMs, lastMs }: Backoff): number {
  return Math.min(firstMs * 2 ** (failures - 1), lastMs);
}

/** A pause with up to a half taken off at random, so that those who failed together do not come back together. */
export function scattered(pauseMs: number, random: () => number = Math.random): number {
  return pauseMs * (1 - random() / 2);
}
