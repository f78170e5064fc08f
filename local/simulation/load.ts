import { parseDuration } from './durations.ts';
import type { Random } from './random.ts';

/** Messages that are sent all at once, at a time in seconds. */
export interface Burst {
  readonly count: number;
  readonly at: number;
}

/** Messages that are sent one by one, at random, so many a second on average. */
export interface Stream {
  readonly perSecond: number;
  readonly from: number;
  readonly to: number;
}

export interface Load {
  readonly bursts: readonly Burst[];
  readonly streams: readonly Stream[];
}

export interface Arrival {
  readonly at: number;
  /** Index of the burst that it belongs to; undefined for one of a stream. */
  readonly burst: number | undefined;
}

/** A load that cannot be read; the message is for the person at the terminal. */
export class LoadError extends Error {
  override readonly name = 'LoadError';
}

const forms = `Allowed are, separated by commas:
  1000@t0, 500@30m          so many messages at once, at the beginning or later
  10/min, 2/s, 600/h        so many on average, all the time
  0-60m:20/min              so many on average, between two times`;

const mostMessages = 1_000_000;
const perSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, min: 60, h: 3_600, d: 86_400 };

/** @throws LoadError saying which part is wrong, and what is allowed. */
export function parseLoad(text: string): Load {
  const bursts: Burst[] = [];
  const streams: Stream[] = [];
  for (const part of text.split(',').map(each => each.trim())) {
    const burst = /^(\d+)@(.+)$/.exec(part);
    const stream = /^(?:([^-:]+)-([^-:]+):)?(\d+(?:\.\d+)?)\/(\w+)$/.exec(part);
    if (burst) bursts.push({ count: Number(burst[1]), at: timeOf(burst[2], part) });
    else if (stream) streams.push(streamOf(part, stream));
    else throw fault(part, 'is no load');
  }
  return { bursts, streams };
}

function streamOf(part: string, [, from, to, amount, unit]: RegExpExecArray): Stream {
  const seconds = perSeconds[unit ?? ''];
  if (seconds === undefined) throw fault(part, `has an unknown unit of time, ${unit}`);
  const stream = {
    perSecond: Number(amount) / seconds,
    from: from === undefined ? 0 : timeOf(from, part),
    to: to === undefined ? Number.POSITIVE_INFINITY : timeOf(to, part),
  };
  if (stream.to <= stream.from) throw fault(part, 'ends before it begins');
  return stream;
}

function timeOf(text: string | undefined, part: string): number {
  const time = text === 't0' || text === '0' ? 0 : parseDuration(text ?? '');
  if (time === undefined) throw fault(part, `has an unknown time, ${text}`);
  return time;
}

function fault(part: string, what: string): LoadError {
  return new LoadError(`"${part}" ${what}. ${forms}`);
}

/** Last time in seconds that a load names; from then on, nothing about it changes. */
export function lastChange({ bursts, streams }: Load): number {
  return Math.max(
    0,
    ...bursts.map(({ at }) => at),
    ...streams.flatMap(({ from, to }) => [from, to]).filter(Number.isFinite),
  );
}

/**
 * When each message is sent, the first one first.
 *
 * @throws LoadError for more messages than a simulation should take.
 */
export function arrivalsOf({ bursts, streams }: Load, until: number, random: Random): Arrival[] {
  const expected = streams.reduce(
    (total, { perSecond, from, to }) => total + perSecond * Math.max(0, Math.min(to, until) - from),
    bursts.reduce((total, { count }) => total + count, 0),
  );
  if (expected > mostMessages) {
    throw new LoadError(
      `The load has some ${Math.round(expected).toLocaleString('en')} messages. Allowed are up to ` +
        `${mostMessages.toLocaleString('en')}; shorten it with --until.`,
    );
  }
  const arrivals: Arrival[] = bursts.flatMap(({ count, at }, burst) =>
    Array.from({ length: at < until ? count : 0 }, () => ({ at, burst })),
  );
  for (const { perSecond, from, to } of streams) {
    if (perSecond === 0) continue;
    const end = Math.min(to, until);
    for (
      let at = from + random.exponential(1 / perSecond);
      at < end;
      at += random.exponential(1 / perSecond)
    ) {
      arrivals.push({ at, burst: undefined });
    }
  }
  return arrivals.sort((one, other) => one.at - other.at);
}
