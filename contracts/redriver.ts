import * as v from 'valibot';
import { commonEnvironment, required, seconds } from './environment.ts';

const url = v.pipe(v.string(), v.url());

/** A queue, and the DLQs whose messages go back to it. */
export const redriveRoute = v.object({
  /** What people call the queue: `order-processing-payment`. */
  queue: required,
  queue_url: url,
  /** Where messages come back to that fail again. */
  dead_letter_queue_url: url,
  /** DLQs of subscriptions: what a topic could not deliver to the queue. */
  undelivered_urls: v.array(url),
});

export type RedriveRoute = v.InferOutput<typeof redriveRoute>;

const wholeNumber = (most: number) =>
  v.pipe(
    v.string(),
    v.regex(/^[1-9]\d*$/, 'expected a whole number from 1'),
    v.transform(Number),
    v.maxValue(most, `expected up to ${most}`),
  );

/** Most messages that one portion may have: more are a matter for a move task, which is much faster. */
export const maxRedrivePortion = 10_000;

/** Longest time that a portion may need to settle: a day, which is more than any visibility timeouts here. */
export const maxSettleSeconds = 86_400;

export const redriverEnvironment = v.object({
  ...commonEnvironment,
  TABLE_NAME: required,
  /** The routes, as JSON. */
  ROUTES: v.pipe(
    v.string(),
    v.parseJson(undefined, 'expected JSON'),
    v.pipe(v.array(redriveRoute), v.minLength(1, 'expected a route at least')),
  ),
  /** `manual`: a redrive is started by hand, and goes on by itself; `scheduled`: it is started by itself, too. */
  MODE: v.picklist(['manual', 'scheduled']),
  /** Messages that are moved first, to see whether they come back. */
  PROBE_SIZE: wholeNumber(maxRedrivePortion),
  /** Most messages that are moved before it is seen whether they come back. */
  PORTION_SIZE: wholeNumber(maxRedrivePortion),
  /** A message that has not come back to its DLQ after so long does not come back. */
  SETTLE_SECONDS: seconds(1, maxSettleSeconds),
});

const named = { queue: v.optional(required) };

/**
 * What a person asks the redriver for, of one queue or of all.
 *
 * - `start`: begin to move what is in the DLQs, with a probe
 * - `stop`: move nothing, until it is reset
 * - `reset`: forget that it stopped, since the cause is mended, and start
 * - `status`: tell what it does, and do nothing
 */
export const redriveCommand = v.strictObject({
  action: v.picklist(['start', 'stop', 'reset', 'status']),
  ...named,
});

export type RedriveCommand = v.InferOutput<typeof redriveCommand>;

/** Metrics of the redriver, with the dimension `service`. */
export const redriverMetrics = {
  /** Queues whose redrive stopped itself, told at every run until it is reset. */
  stopped: 'RedrivesStopped',
  /** Messages moved back to their queues. */
  moved: 'MessagesRedriven',
  /** Messages that came to the DLQ while it was seen whether those that were moved do. */
  returned: 'MessagesReturned',
} as const;
