import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { AirlineReport } from '../../contracts/travel.ts';
import { flightMetrics } from '../../contracts/travel-search.ts';

/** What searching counts. */
export interface FlightCounts {
  count(metric: 'abandoned' | 'orphaned'): void;
  airlineAsked(report: Pick<AirlineReport, 'airline' | 'status' | 'tries'>): void;
}

/**
 * Counts in CloudWatch's embedded metric format, summed up between two publications. Namespace and service
 * come from the environment.
 */
export class EmbeddedFlightCounts implements FlightCounts {
  readonly #metrics = new Metrics();
  readonly #counts = new Map<string, number>();
  readonly #ofAirlines = new Map<string, Map<string, number>>();
  readonly #timer: NodeJS.Timeout;

  /** @param publishEveryMs milliseconds between two publications. */
  constructor(publishEveryMs = 30_000) {
    this.#timer = setInterval(() => this.publish(), publishEveryMs).unref();
  }

  count(metric: 'abandoned' | 'orphaned'): void {
    add(this.#counts, flightMetrics[metric]);
  }

  airlineAsked({ airline, status, tries }: Pick<AirlineReport, 'airline' | 'status' | 'tries'>): void {
    const counts = this.#ofAirlines.get(airline) ?? new Map<string, number>();
    this.#ofAirlines.set(airline, counts);
    add(counts, flightMetrics[status]);
    if (tries > 1) add(counts, flightMetrics.hedged);
  }

  publish(): void {
    for (const [metric, count] of this.#counts) this.#metrics.addMetric(metric, MetricUnit.Count, count);
    this.#counts.clear();
    if (this.#metrics.hasStoredMetrics()) this.#metrics.publishStoredMetrics();
    for (const [airline, counts] of this.#ofAirlines) {
      const ofOne = this.#metrics.singleMetric();
      ofOne.addDimension('airline', airline);
      for (const [metric, count] of counts) ofOne.addMetric(metric, MetricUnit.Count, count);
    }
    this.#ofAirlines.clear();
  }

  /** Publishes what is left. */
  close(): void {
    clearInterval(this.#timer);
    this.publish();
  }
}

function add(counts: Map<string, number>, metric: string): void {
  counts.set(metric, (counts.get(metric) ?? 0) + 1);
}
