import { InvalidArgumentError } from 'commander';
import { longestBufferInSeconds } from '../../contracts/event-archive.ts';
import { isCalendarDay } from '../../contracts/text.ts';
import { UsageError } from '../command-errors.ts';

/** Times of publication: from the first on, up to the second and without it. Milliseconds since 1970. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

const dayMs = 86_400_000;

/** Reads `2026-11-01`, which is its first moment in UTC, or `2026-11-01T10:30:00Z`, or `now`. */
export function moment(text: string): number {
  if (text === 'now') return Date.now();
  const isDate = /^\d{4}-\d\d-\d\d$/.test(text);
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(text);
  const time = isDate || isTime ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time) || !isCalendarDay(text.slice(0, 'yyyy-mm-dd'.length))) {
    throw new InvalidArgumentError(
      'Allowed is a day, 2026-11-01, a time with its zone, 2026-11-01T10:30:00Z, or now.',
    );
  }
  return time;
}

/** @throws UsageError when it ends before it begins. */
export function windowOf(from: number, to: number): Window {
  if (to <= from) {
    throw new UsageError(
      `--to ${momentText(to)} is not after --from ${momentText(from)}: what is published at --to is not replayed any more.`,
    );
  }
  return { from, to };
}

/**
 * The days under which events of a window are filed. An object has the day of its oldest event's arrival,
 * which may be a buffer's time before that of others; and an event arrives after it was published, late
 * where it had to be delivered again.
 */
export function daysOf({ from, to }: Window, lateMs: number): readonly string[] {
  const first = startOfDay(from - longestBufferInSeconds * 1_000);
  const last = startOfDay(to - 1 + lateMs);
  return Array.from({ length: (last - first) / dayMs + 1 }, (_, index) => dateOf(first + index * dayMs));
}

function startOfDay(time: number): number {
  return Math.floor(time / dayMs) * dayMs;
}

function dateOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** `2026-11-01`, or `2026-11-01T10:30:00.000Z` where it is no day's first moment. */
export function momentText(time: number): string {
  return time % dayMs === 0 ? dateOf(time) : new Date(time).toISOString();
}
