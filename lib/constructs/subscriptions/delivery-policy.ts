import { Duration } from 'aws-cdk-lib';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { Rule } from '../validation.ts';
import { within } from '../validation.ts';

/** Content types that SNS sends its envelope as. */
const contentTypes = ['text/plain', 'application/json', 'application/xml'] as const;

/** How SNS delivers to an HTTPS endpoint, and how it tries again. */
export interface HttpsDelivery {
  /**
   * How often SNS tries again what the endpoint did not answer with 2xx, 0 to 100; answers of 4xx but 429
   * are final.
   *
   * @default 10
   */
  readonly retries?: number;

  /** How many of them come at once, without a pause. @default 1 */
  readonly retriesWithoutDelay?: number;

  /** How many of them, after those, come `minDelay` apart. @default 2 */
  readonly retriesAtMinDelay?: number;

  /** How many of them, the last ones, come `maxDelay` apart. @default 2 */
  readonly retriesAtMaxDelay?: number;

  /** Shortest pause between two tries, in whole seconds, 1 second to 1 hour. @default Duration.seconds(5) */
  readonly minDelay?: Duration;

  /** Longest pause between two tries, `minDelay` to 1 hour. @default Duration.minutes(5) */
  readonly maxDelay?: Duration;

  /** How the pauses grow from the one to the other. @default sns.BackoffFunction.EXPONENTIAL */
  readonly backoff?: sns.BackoffFunction;

  /** Most deliveries a second, 1 or more. @default - as many as are published */
  readonly maxDeliveriesPerSecond?: number;

  /**
   * What deliveries say that they are: SNS's own default, `text/plain`, keeps frameworks from parsing them.
   * Confirmations are always `text/plain`.
   *
   * @default 'application/json'
   */
  readonly contentType?: (typeof contentTypes)[number];
}

/** Longest time from the first to the last try that SNS accepts. */
const longestRetrying = 3_600;

/** A delivery policy as SNS takes it, and the rules that it must keep. */
export function deliveryPolicy(delivery: HttpsDelivery): {
  readonly policy: sns.DeliveryPolicy;
  readonly rules: readonly Rule[];
} {
  const {
    retries = 10,
    retriesWithoutDelay = Math.min(1, retries),
    retriesAtMinDelay = Math.min(2, Math.max(0, retries - retriesWithoutDelay)),
    retriesAtMaxDelay = Math.min(2, Math.max(0, retries - retriesWithoutDelay - retriesAtMinDelay)),
    minDelay = Duration.seconds(5),
    maxDelay = Duration.minutes(5),
    backoff = sns.BackoffFunction.EXPONENTIAL,
    maxDeliveriesPerSecond,
    contentType = 'application/json',
  } = delivery;
  const phases = retriesWithoutDelay + retriesAtMinDelay + retriesAtMaxDelay;
  const seconds = { min: minDelay.toMilliseconds() / 1_000, max: maxDelay.toMilliseconds() / 1_000 };
  const longest =
    retriesAtMinDelay * seconds.min +
    retriesAtMaxDelay * seconds.max +
    // Linear growth; the other functions stay below it.
    ((retries - phases) * (seconds.min + seconds.max)) / 2;
  return {
    policy: {
      healthyRetryPolicy: {
        numRetries: retries,
        numNoDelayRetries: retriesWithoutDelay,
        numMinDelayRetries: retriesAtMinDelay,
        numMaxDelayRetries: retriesAtMaxDelay,
        minDelayTarget: minDelay,
        maxDelayTarget: maxDelay,
        backoffFunction: backoff,
      },
      ...(maxDeliveriesPerSecond !== undefined && {
        throttlePolicy: { maxReceivesPerSecond: maxDeliveriesPerSecond },
      }),
      requestPolicy: { headerContentType: contentType },
    },
    rules: [
      {
        prop: 'retries',
        value: retries,
        holds: isCount(retries) && retries <= 100,
        allowed: 'a whole number from 0 to 100',
        remedy: 'What has to be tried for longer waits better in a queue, with a consumer that calls out.',
      },
      {
        prop: 'retriesWithoutDelay, retriesAtMinDelay and retriesAtMaxDelay together',
        value: [retriesWithoutDelay, retriesAtMinDelay, retriesAtMaxDelay].join(' + '),
        holds:
          [retriesWithoutDelay, retriesAtMinDelay, retriesAtMaxDelay].every(isCount) && phases <= retries,
        allowed: `whole numbers from 0, up to the ${retries} retries in all`,
        remedy: 'They are phases of the retries, not retries beside them.',
      },
      {
        prop: 'minDelay',
        value: `${seconds.min} s`,
        holds: Number.isInteger(seconds.min) && within(seconds.min, 1, longestRetrying),
        allowed: 'whole seconds, 1 second to 1 hour',
        remedy: 'Retries without a pause are retriesWithoutDelay.',
      },
      {
        prop: 'maxDelay',
        value: `${seconds.max} s`,
        holds: Number.isInteger(seconds.max) && within(seconds.max, seconds.min, longestRetrying),
        allowed: `whole seconds, minDelay (${seconds.min} s) to 1 hour`,
        remedy: 'Raise it, or lower minDelay.',
      },
      {
        prop: 'pauses of all retries together',
        value: `up to ${longest} s`,
        holds: longest <= longestRetrying,
        allowed: 'up to 3,600 s',
        remedy: 'Make fewer retries, or shorter pauses: SNS refuses the policy at deployment.',
      },
      {
        prop: 'maxDeliveriesPerSecond',
        value: maxDeliveriesPerSecond,
        holds:
          maxDeliveriesPerSecond === undefined ||
          (isCount(maxDeliveriesPerSecond) && maxDeliveriesPerSecond > 0),
        allowed: 'a whole number from 1',
        remedy: 'Leave it out to deliver whatever is published.',
      },
      {
        prop: 'contentType',
        value: contentType,
        holds: contentTypes.includes(contentType),
        allowed: contentTypes.join(', '),
        remedy: 'Others need raw message delivery, which leaves out what the receiver verifies.',
      },
    ],
  };
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0;
}
