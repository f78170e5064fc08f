import * as v from 'valibot';
import { commonEnvironment, type EnvironmentSchema, required } from './environment.ts';

/**
 * A kind of job as both sides see it: who puts jobs on a queue encodes `message`, the stack sets
 * `environment`, and the worker parses both.
 */
export interface JobContract<Message, Environment extends EnvironmentSchema> {
  /** Name of the kind, kebab-case; the worker's variable `JOB`. */
  readonly kind: string;
  readonly message: v.GenericSchema<unknown, Message>;
  /** What this kind reads from the environment, beside {@link workerEnvironment}. */
  readonly environment: Environment;
}

/** Metrics that a worker emits, with the dimension `service`. */
export const workerMetrics = {
  /** Jobs that succeeded. */
  jobsDone: 'JobsDone',
  /** Jobs that failed, for whatever reason; each also counts in one of the next three. */
  jobsFailed: 'JobsFailed',
  jobsFailedPermanent: 'JobsFailedPermanent',
  jobsFailedPassing: 'JobsFailedPassing',
  jobsFailedUnexpected: 'JobsFailedUnexpected',
  /** Jobs given back unfinished because the worker had to stop. */
  jobsReleased: 'JobsReleased',
  /** Jobs whose message became visible to others while they ran. */
  jobsLost: 'JobsLost',
  /** Milliseconds that jobs took, successful or not. */
  jobDuration: 'JobDuration',
  /** Tries to extend a message's visibility that failed. */
  heartbeatsFailed: 'HeartbeatsFailed',
  /** Messages of finished jobs that could not be deleted: those jobs run again. */
  deletesFailed: 'DeletesFailed',
  /** Receive calls that failed. */
  pollsFailed: 'PollsFailed',
} as const;

export type WorkerMetric = (typeof workerMetrics)[keyof typeof workerMetrics];

/** Longest visibility timeout, and longest pause before a failed job's next try. */
const maxPauseSeconds = 3_600;

/**
 * SQS hides a message for at most 12 hours from its receipt, however often that is extended: with one
 * more visibility timeout or pause at the end, a job may take 11.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
 */
const maxJobSeconds = 43_200 - maxPauseSeconds;

/** Seconds that a receive call may take beyond the time that it waits for messages. */
export const receiveAllowanceSeconds = 10;

function number(least: number, most: number, unit: string, form: RegExp) {
  const expected = `expected ${least} to ${most} ${unit}`;
  return v.pipe(
    v.string(),
    v.regex(form, expected),
    v.transform(Number),
    v.check(value => value >= least && value <= most, expected),
  );
}

const seconds = (least: number, most: number) => number(least, most, 'seconds', /^\d+(\.\d+)?$/);
const wholeSeconds = (least: number, most: number) => number(least, most, 'whole seconds', /^\d+$/);
const whole = (least: number, most: number) => number(least, most, 'in whole numbers', /^\d+$/);

/** What every worker reads from its environment; what a kind of job needs more is in its contract. */
export const workerEnvironment = v.object({
  ...commonEnvironment,
  /** Kind of job to do. */
  JOB: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]*$/, 'expected a kebab-case name')),
  QUEUE_URL: v.pipe(v.string(), v.url()),
  AWS_REGION: required,
  /** Dimension `service` of the metrics, and on every log line. */
  POWERTOOLS_SERVICE_NAME: required,
  POWERTOOLS_METRICS_NAMESPACE: required,

  /** Where the worker runs, which decides who tells it to stop: `ec2`, `ecs`, or signals alone. */
  PLATFORM: v.optional(v.picklist(['ec2', 'ecs', 'local']), 'local'),

  /** Jobs at a time. */
  CONCURRENCY: v.optional(whole(1, 200), '1'),
  /** How long a message stays hidden without a heartbeat; that of the queue. */
  VISIBILITY_TIMEOUT_SECONDS: wholeSeconds(1, maxPauseSeconds),
  /** Seconds between extensions; a third of the visibility timeout unless set. */
  HEARTBEAT_SECONDS: v.optional(seconds(0.1, maxPauseSeconds)),
  /** A job that takes longer is told to stop, and its message left to come back. */
  JOB_TIMEOUT_SECONDS: v.optional(seconds(0.1, maxJobSeconds), '900'),
  LONG_POLL_SECONDS: v.optional(wholeSeconds(1, 20), '20'),
  /** A failed job's message comes back after this long, doubled at each failure … */
  RETRY_FIRST_SECONDS: v.optional(wholeSeconds(0, maxPauseSeconds), '10'),
  /** … but never after more than this. */
  RETRY_LAST_SECONDS: v.optional(wholeSeconds(0, maxPauseSeconds), '900'),
  /** How long jobs in hand may go on after SIGTERM; what is then unfinished is released. */
  SHUTDOWN_SECONDS: v.optional(seconds(0, maxJobSeconds), '25'),

  /** Port of `http://127.0.0.1/health`; 0 for any that is free. */
  HEALTH_PORT: v.optional(whole(0, 65_535), '8080'),
  /** Unhealthy when nothing was asked of the queue for this long. */
  STALLED_AFTER_SECONDS: v.optional(seconds(1, 3_600), '120'),

  /** Base URL of the instance metadata service (`ec2`). */
  AWS_EC2_METADATA_SERVICE_ENDPOINT: v.optional(v.pipe(v.string(), v.url()), 'http://169.254.169.254'),
  /** Seconds between looks for a notice that the instance goes (`ec2`). */
  NOTICE_INTERVAL_SECONDS: v.optional(seconds(0.1, 60), '5'),
  /** Terminating hook whose action is completed when all jobs are finished or released (`ec2`). */
  LIFECYCLE_HOOK_NAME: v.optional(required),
  /**
   * Group of that hook; without it, the instance's tag `aws:autoscaling:groupName` is read from the instance
   * metadata. A launch template that names the group it belongs to is a cycle, unless the name is fixed.
   */
  AUTO_SCALING_GROUP_NAME: v.optional(required),
  /** Seconds between extensions of the hook's wait; below the hook's heartbeat timeout (`ec2`). */
  LIFECYCLE_HEARTBEAT_SECONDS: v.optional(seconds(0.1, 7_200), '60'),

  /** Where the container agent listens; ECS sets it (`ecs`). */
  ECS_AGENT_URI: v.optional(v.pipe(v.string(), v.url())),
});

/** {@link workerEnvironment} with what its variables demand of each other. */
export const checkedWorkerEnvironment = v.pipe(
  workerEnvironment,
  v.forward(
    v.partialCheck(
      [['HEARTBEAT_SECONDS'], ['VISIBILITY_TIMEOUT_SECONDS']],
      ({ HEARTBEAT_SECONDS: heartbeat, VISIBILITY_TIMEOUT_SECONDS: visibility }) =>
        heartbeat === undefined || heartbeat < visibility,
      'expected less than VISIBILITY_TIMEOUT_SECONDS, best a third: the message would show up between heartbeats',
    ),
    ['HEARTBEAT_SECONDS'],
  ),
  v.forward(
    v.partialCheck(
      [['RETRY_FIRST_SECONDS'], ['RETRY_LAST_SECONDS']],
      ({ RETRY_FIRST_SECONDS: first, RETRY_LAST_SECONDS: last }) => first <= last,
      'expected at least RETRY_FIRST_SECONDS',
    ),
    ['RETRY_LAST_SECONDS'],
  ),
  v.forward(
    v.partialCheck(
      [['CONCURRENCY'], ['QUEUE_URL']],
      ({ CONCURRENCY: jobs, QUEUE_URL: queue }) => jobs === 1 || !queue.endsWith('.fifo'),
      'expected 1 for a FIFO queue: jobs side by side would break the order of a group',
    ),
    ['CONCURRENCY'],
  ),
  v.forward(
    v.partialCheck(
      [['STALLED_AFTER_SECONDS'], ['LONG_POLL_SECONDS']],
      ({ STALLED_AFTER_SECONDS: stalled, LONG_POLL_SECONDS: wait }) =>
        stalled > wait + receiveAllowanceSeconds,
      `expected more than LONG_POLL_SECONDS + ${receiveAllowanceSeconds}: an idle worker would look stalled`,
    ),
    ['STALLED_AFTER_SECONDS'],
  ),
  v.forward(
    v.partialCheck(
      [['LIFECYCLE_HOOK_NAME'], ['AUTO_SCALING_GROUP_NAME']],
      ({ LIFECYCLE_HOOK_NAME: hook, AUTO_SCALING_GROUP_NAME: group }) =>
        hook !== undefined || group === undefined,
      'AUTO_SCALING_GROUP_NAME is of no use without it',
    ),
    ['LIFECYCLE_HOOK_NAME'],
  ),
  v.forward(
    v.partialCheck(
      [['PLATFORM'], ['ECS_AGENT_URI']],
      ({ PLATFORM: platform, ECS_AGENT_URI: agent }) => platform !== 'ecs' || agent !== undefined,
      'PLATFORM "ecs" needs it: ECS sets it in every task',
    ),
    ['ECS_AGENT_URI'],
  ),
);

export type WorkerEnvironment = v.InferOutput<typeof checkedWorkerEnvironment>;
