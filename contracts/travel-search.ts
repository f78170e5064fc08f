import * as v from 'valibot';
import { commonEnvironment, required, seconds } from './environment.ts';
import { orphanedAfterSeconds, signOfLifeSeconds } from './replies.ts';
import type { airlineSetting } from './travel.ts';

/** Namespace of the metrics that this system emits. */
export const metricsNamespace = 'TravelSearch';

/** Where searches are posted to. */
export const searchesPath = '/searches';

/** A body larger than this is refused with 413: a search fits ten times over. */
export const maxSearchBodyBytes = 8_192;

/** Airlines that are asked unless others are configured: simulated, each at its own pace. */
export const simulatedAirlines: readonly v.InferInput<typeof airlineSetting>[] = [
  { name: 'aurora', simulation: { usual_ms: 250 } },
  { name: 'boreal', simulation: { usual_ms: 400 } },
  { name: 'cirrus', simulation: { usual_ms: 600 } },
  { name: 'zephyr', simulation: { usual_ms: 900, slow_share: 0.1 } },
];

/** What the web tier reads from its environment beside what every application server does. */
export const searchServerEnvironment = v.object({
  REQUEST_QUEUE_URL: v.pipe(v.string(), v.url()),
  /** What the URL of every reply queue begins with. */
  REPLY_QUEUE_URL_PREFIX: v.pipe(v.string(), v.url()),
  /** The same of their ARNs. */
  REPLY_QUEUE_ARN_PREFIX: required,
  /** Who may take replies: the role of the web tier itself. */
  OWN_ROLE_ARN: required,
  /** Who may send replies: the role of the workers. */
  REPLIER_ROLE_ARN: required,
  /** Tags of every reply queue, as JSON: the cost-allocation tags of the stack. */
  REPLY_QUEUE_TAGS: v.optional(
    v.pipe(v.string(), v.parseJson(undefined, 'expected JSON'), v.record(v.string(), v.string())),
    '{}',
  ),
  ANSWERS_TABLE: required,
  SIGN_OF_LIFE_SECONDS: v.optional(seconds(1, signOfLifeSeconds), String(signOfLifeSeconds)),
  /** Searches at a time; one more is answered 503. */
  MAX_SEARCHES: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[1-9]\d{0,4}$/, 'expected a whole number from 1 to 99,999'),
      v.transform(Number),
    ),
    '500',
  ),
});

/** What the janitor of reply queues reads from its environment. */
export const janitorEnvironment = v.object({
  ...commonEnvironment,
  /** What the names of all reply queues begin with. */
  REPLY_QUEUE_PREFIX: v.pipe(v.string(), v.minLength(3)),
  /** A queue whose owner gave no sign of life for so long is deleted. */
  ORPHANED_AFTER_SECONDS: v.optional(seconds(1, 86_400), String(orphanedAfterSeconds)),
});

/** Metrics of the web tier, with the dimension `service`. */
export const searchMetrics = {
  /** Searches that all airlines answered, some, or none in time. */
  complete: 'SearchesComplete',
  partial: 'SearchesPartial',
  unanswered: 'SearchesUnanswered',
  timedOut: 'SearchesTimedOut',
  /** Searches answered by what was found before. */
  repeated: 'SearchesRepeated',
  /** Searches refused because too many were under way. */
  refused: 'SearchesRefused',
  /** Searches that failed for a fault of ours or of something that we depend on. */
  failed: 'SearchesFailed',
  /** Searches whose client hung up. */
  abandoned: 'SearchesAbandoned',
  /** Milliseconds from question to answer. */
  time: 'SearchTime',
} as const;

/** Metrics of the searching workers, with the dimension `service`. */
export const flightMetrics = {
  /** Requests that were too old to be searched for. */
  abandoned: 'RequestsAbandoned',
  /** Replies whose queue was gone: their producer had died. */
  orphaned: 'RepliesOrphaned',
  /** What came of asking an airline; with the dimension `airline` too. */
  answered: 'AirlineAnswered',
  late: 'AirlineLate',
  failed: 'AirlineFailed',
  /** Second tries. */
  hedged: 'AirlineHedged',
} as const;
