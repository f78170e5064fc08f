import { setTimeout as pause } from 'node:timers/promises';

export interface WaitOptions {
  /** @default 30000 */
  readonly timeoutInMilliseconds?: number;
  /** @default 50 */
  readonly intervalInMilliseconds?: number;
}

/**
 * Waits until a condition holds.
 *
 * @param probe returns undefined when it does, and what is still missing while it does not.
 * @throws Error with what was missing at the end of the time.
 */
export async function until(
  probe: () => Promise<string | undefined>,
  options: WaitOptions = {},
): Promise<void> {
  const { timeoutInMilliseconds = 30_000, intervalInMilliseconds = 50 } = options;
  const deadline = performance.now() + timeoutInMilliseconds;
  for (;;) {
    const missing = await probe();
    if (missing === undefined) return;
    if (performance.now() > deadline) {
      throw new Error(`Still so after ${timeoutInMilliseconds / 1_000} s: ${missing}`);
    }
    await pause(intervalInMilliseconds);
  }
}
