import type { MetricSample } from '../functions/metric-format.ts';

/** Which samples a statistic is taken of. */
export interface MetricIdentity {
  readonly namespace: string;
  readonly name: string;
  /** Exactly these: a sample with further dimensions is of another metric. @default none */
  readonly dimensions?: Readonly<Record<string, string>>;
  /** @default any */
  readonly unit?: string;
}

interface StoredSample {
  readonly timestamp: number;
  readonly value: number;
  readonly unit: string;
}

/** Keeps metric samples for as long as an alarm may look back. */
export class MetricStore {
  #retentionMs = 60_000;
  readonly #series = new Map<string, StoredSample[]>();

  /** Keeps samples for at least so many milliseconds. @default a minute */
  retain(milliseconds: number): void {
    this.#retentionMs = Math.max(this.#retentionMs, milliseconds);
  }

  record({ namespace, name, dimensions, value, unit, timestamp }: MetricSample): void {
    const key = keyOf({ namespace, name, dimensions });
    const samples = this.#series.get(key);
    if (samples === undefined) {
      this.#series.set(key, [{ timestamp, value, unit }]);
      return;
    }
    samples.push({ timestamp, value, unit });
    // Now and then rather than each time: dropping from the front moves all the others.
    if (samples.length % 1_024 === 0) {
      const oldest = timestamp - this.#retentionMs;
      this.#series.set(
        key,
        samples.filter(sample => sample.timestamp >= oldest),
      );
    }
  }

  /** Values of a metric from `start` up to but not including `end`, both in milliseconds since the epoch. */
  values(metric: MetricIdentity, start: number, end: number): readonly number[] {
    return (this.#series.get(keyOf(metric)) ?? [])
      .filter(
        ({ timestamp, unit }) =>
          timestamp >= start && timestamp < end && (metric.unit === undefined || metric.unit === unit),
      )
      .map(({ value }) => value);
  }
}

function keyOf({ namespace, name, dimensions = {} }: MetricIdentity): string {
  return JSON.stringify([
    namespace,
    name,
    Object.entries(dimensions).toSorted(([one], [other]) => (one < other ? -1 : 1)),
  ]);
}
