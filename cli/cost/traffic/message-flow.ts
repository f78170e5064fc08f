import { CommandFailure } from '../../command-errors.ts';
import { assumptions, type Overrides, secondsPerMonth } from '../settings.ts';
import { type Resource, referredId, type SystemTemplate } from '../templates.ts';
import { passes } from './filter-policy.ts';
import type { TrafficProfile } from './profile.ts';

/** Messages a month, all of one size. */
export interface Messages {
  readonly count: number;
  readonly bytes: number;
}

/** Who takes messages from a queue. */
export interface Consumption {
  /** Receives that run beside each other and find nothing as long as nothing comes. */
  readonly pollers: number;
  readonly waitSeconds: number;
  /** Messages of one receive, on average. */
  readonly batch: number;
}

/** The way of a month's messages through a system, by the logical ids of its resources. */
export class MessageFlow {
  readonly template: SystemTemplate;
  readonly profile: TrafficProfile | undefined;
  readonly overrides: Overrides;
  /** Units of the profile in a month. */
  readonly units: number;

  constructor(
    template: SystemTemplate,
    profile: TrafficProfile | undefined,
    units: number,
    overrides: Overrides,
  ) {
    this.template = template;
    this.profile = profile;
    this.units = units;
    this.overrides = overrides;
  }

  ofType(type: string): readonly Resource[] {
    return this.template.resources.filter(resource => resource.type === type);
  }

  /** A number of the profile, for a month. */
  monthly(perUnit: number | undefined): number {
    return (perUnit ?? 0) * this.units;
  }

  published(topic: Resource): readonly Messages[] {
    return this.#publications(topic).map(({ perUnit, bytes }) => ({ count: this.monthly(perUnit), bytes }));
  }

  /** What a subscription lets through. */
  delivered({ properties }: Resource): readonly Messages[] {
    const topic = this.template.resources.find(({ id }) => id === referredId(properties.TopicArn));
    if (!topic) return [];
    return this.#publications(topic)
      .filter(({ attributes = {} }) => passes(properties.FilterPolicy, attributes))
      .map(({ perUnit, bytes }) => ({ count: this.monthly(perUnit), bytes }));
  }

  sent(queue: Resource): readonly Messages[] {
    const direct = (this.profile?.sendings ?? []).filter(sending => sending.queue === queue.path);
    return [
      ...direct.map(({ perUnit, bytes }) => ({ count: this.monthly(perUnit), bytes })),
      ...this.#subscriptionsTo(queue).flatMap(subscription => this.delivered(subscription)),
    ];
  }

  /** Undefined for a queue that nobody works off, such as a DLQ. */
  consumption(queue: Resource): Consumption | undefined {
    const [mapping] = this.#mappingsOf(queue);
    if (mapping) {
      return {
        pollers: assumptions.lambdaPollers,
        waitSeconds: this.overrides.waitSeconds ?? assumptions.longestWaitSeconds,
        batch: this.#batchOf(mapping, queue),
      };
    }
    const pollers = this.profile?.pollers?.[queue.path];
    if (pollers === undefined) return undefined;
    const ownWait = Number(queue.properties.ReceiveMessageWaitTimeSeconds ?? 0);
    return { pollers, waitSeconds: this.overrides.waitSeconds ?? ownWait, batch: 1 };
  }

  /** How often a function is invoked, and with how many records in all. */
  invocations(lambda: Resource): { readonly count: number; readonly records: number } {
    const called = this.monthly(this.profile?.functions?.[lambda.path]?.callsPerUnit);
    const direct = called + countOf(this.#subscriptionsTo(lambda).flatMap(one => this.delivered(one)));
    let [count, records] = [direct, direct];
    for (const queue of this.ofType('AWS::SQS::Queue')) {
      const mapping = this.#mappingsOf(queue).find(
        ({ properties }) => referredId(properties.FunctionName) === lambda.id,
      );
      if (!mapping) continue;
      const messages = countOf(this.sent(queue));
      records += messages;
      count += messages / this.#batchOf(mapping, queue);
    }
    return { count, records };
  }

  /** @throws CommandFailure where a function has work to do and nobody said how long it takes. */
  millisecondsOf(lambda: Resource): number {
    const timed = this.profile?.functions?.[lambda.path];
    if (timed) return timed.milliseconds;
    throw new CommandFailure(
      `${lambda.path} of ${this.template.name} is invoked, and its traffic profile does not say how long a record ` +
        `takes it. Add it under functions in cli/cost/traffic/profiles/${this.template.name}.ts.`,
    );
  }

  #publications(topic: Resource) {
    return (this.profile?.publications ?? []).filter(publication => publication.topic === topic.path);
  }

  #subscriptionsTo({ id }: Resource): readonly Resource[] {
    return this.ofType('AWS::SNS::Subscription').filter(
      ({ properties }) => referredId(properties.Endpoint) === id,
    );
  }

  #mappingsOf(queue: Resource): readonly Resource[] {
    return this.ofType('AWS::Lambda::EventSourceMapping').filter(
      ({ properties }) => referredId(properties.EventSourceArn) === queue.id,
    );
  }

  /** A message, and those that came while its batch was gathered or an invocation before it ran. */
  #batchOf({ properties }: Resource, queue: Resource): number {
    const largest = this.overrides.batchSize ?? Number(properties.BatchSize ?? 10);
    const windowSeconds = Number(properties.MaximumBatchingWindowInSeconds ?? 0);
    const perSecond = countOf(this.sent(queue)) / secondsPerMonth;
    if (perSecond === 0) return 1;
    const lambda = this.template.resources.find(({ id }) => id === referredId(properties.FunctionName));
    const busySeconds = lambda ? this.millisecondsOf(lambda) / 1_000 : 0;
    return Math.min(largest, 1 + perSecond * (windowSeconds + busySeconds / assumptions.lambdaPollers));
  }
}

export function countOf(messages: readonly Messages[]): number {
  return messages.reduce((sum, { count }) => sum + count, 0);
}

export function bytesOf(messages: readonly Messages[]): number {
  return messages.reduce((sum, { count, bytes }) => sum + count * bytes, 0);
}
