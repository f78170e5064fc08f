import type { SampleSource } from '../alarms/alarm-query.ts';
import type { MetricIdentity } from '../alarms/metric-store.ts';
import type { SimulatedFleet } from './simulated-fleet.ts';
import type { SimulatedQueue } from './simulated-queue.ts';

type Gauge = (queue: SimulatedQueue, fleet: SimulatedFleet) => number | undefined;

const queueGauge =
  (read: (queue: SimulatedQueue) => number | undefined): Gauge =>
  queue =>
    queue.reports ? read(queue) : undefined;
const fleetGauge =
  (read: (fleet: SimulatedFleet) => number): Gauge =>
  (_, fleet) =>
    read(fleet);

/** What CloudWatch is told of a queue and its workers, by namespace and name. */
const gauges: Readonly<Record<string, Gauge>> = {
  'AWS/SQS ApproximateNumberOfMessagesVisible': queueGauge(queue => queue.visible),
  'AWS/SQS ApproximateNumberOfMessagesNotVisible': queueGauge(queue => queue.inFlight),
  'AWS/SQS ApproximateAgeOfOldestMessage': queueGauge(queue => queue.oldestAge),
  'AWS/AutoScaling GroupDesiredCapacity': fleetGauge(fleet => fleet.desired),
  'AWS/AutoScaling GroupInServiceInstances': fleetGauge(fleet => fleet.inService),
  'AWS/AutoScaling GroupPendingInstances': fleetGauge(fleet => fleet.pending),
  'AWS/AutoScaling GroupTerminatingInstances': fleetGauge(fleet => fleet.draining),
  'ECS/ContainerInsights DesiredTaskCount': fleetGauge(fleet => fleet.desired),
  'ECS/ContainerInsights RunningTaskCount': fleetGauge(fleet => fleet.inService),
  'ECS/ContainerInsights PendingTaskCount': fleetGauge(fleet => fleet.pending),
};

const keyOf = ({ namespace, name }: MetricIdentity) => `${namespace} ${name}`;

/** Metrics that a simulation has values of. */
export const knownMetrics = Object.keys(gauges);

export const isKnownMetric = (metric: MetricIdentity): boolean => keyOf(metric) in gauges;

const minuteMs = 60_000;

/** One value of each metric a minute, as CloudWatch keeps them. */
export class SimulatedMetrics implements SampleSource {
  readonly #series = new Map<string, (number | undefined)[]>();
  readonly #queue: SimulatedQueue;
  readonly #fleet: SimulatedFleet;

  constructor(queue: SimulatedQueue, fleet: SimulatedFleet) {
    this.#queue = queue;
    this.#fleet = fleet;
    for (const key of knownMetrics) this.#series.set(key, []);
  }

  /** Closes a minute with the values of this moment. */
  sample(): void {
    for (const [key, values] of this.#series) values.push(gauges[key]?.(this.#queue, this.#fleet));
  }

  values(metric: MetricIdentity, start: number, end: number): readonly number[] {
    const series = this.#series.get(keyOf(metric)) ?? [];
    return series
      .slice(Math.max(0, start / minuteMs), Math.max(0, end / minuteMs))
      .filter(value => value !== undefined);
  }
}
