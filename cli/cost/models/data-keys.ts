import { secondsPerMonth } from '../settings.ts';

/** Requests for a data key that is reused: one a period, or one for each use where there are fewer uses. */
export function dataKeyRequests(uses: number, reuseSeconds: number): number {
  return Math.min(uses, secondsPerMonth / reuseSeconds);
}
