import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until a condition holds, and answers what it found.
 *
 * @throws Error when it does not hold within `timeoutMs`, 8 s unless told.
 */
export async function until<Found>(
  what: string,
  find: () => Found | undefined | false | Promise<Found | undefined | false>,
  timeoutMs = 8_000,
): Promise<Found> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await find();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`Not within ${timeoutMs} ms: ${what}`);
    await sleep(10);
  }
}
