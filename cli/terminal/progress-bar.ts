import { durationText } from './durations.ts';

const width = 24;

export interface BarProgress {
  readonly done: number;
  /** Where it is not known, there is a count and no bar. */
  readonly total: number | undefined;
  /** Milliseconds since it began. */
  readonly elapsedMs: number;
}

/** `[######------------------] 4200 of 16000 (26 %), 2100/s, 6 s left`. */
export function progressBar({ done, total, elapsedMs }: BarProgress): string {
  const rate = elapsedMs > 0 ? (done * 1000) / elapsedMs : 0;
  const speed = `${Math.round(rate)}/s`;
  if (total === undefined || total === 0) return `${done}, ${speed}`;
  const share = Math.min(done / total, 1);
  const filled = Math.round(share * width);
  const left = rate > 0 && done < total ? `, ${durationText(((total - done) / rate) * 1000)} left` : '';
  return `[${'#'.repeat(filled)}${'-'.repeat(width - filled)}] ${done} of ${total} (${Math.floor(share * 100)} %), ${speed}${left}`;
}
