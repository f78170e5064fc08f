import * as v from 'valibot';
import { commonEnvironment, required, seconds } from './environment.ts';

/** Namespace of the metrics that this system's functions emit. */
export const metricsNamespace = 'DelayedTasks';

/** A body larger than this is refused with 413: a task fits ten times over. */
export const maxTaskBodyBytes = 8_192;

/** Where tasks are posted to, asked after and canceled. */
export const tasksPath = '/tasks';
export const taskPath = '/tasks/{task_id}';

/** Longest that SQS hides a message from everybody at first, in seconds. */
export const longestTimerSeconds = 900;

/** EventBridge Scheduler invokes some time within the minute that a schedule names. */
export const scheduleStepSeconds = 60;

/** What the intake reads from its environment. */
export const takeTasksEnvironment = v.object({
  ...commonEnvironment,
  TABLE_NAME: required,
  /** Queue of the wake-ups, as messages are sent to it, and as schedules name it. */
  QUEUE_URL: required,
  QUEUE_ARN: required,
  /** How long the queue delays what comes without a time of its own. */
  QUEUE_DELAY_SECONDS: seconds(0, longestTimerSeconds),
  SCHEDULE_GROUP: required,
  /** Role that schedules send under. */
  SCHEDULE_ROLE_ARN: required,
  /** DLQ of what a schedule could not send. */
  SCHEDULE_DLQ_ARN: required,
  /** What is due later than this is left to a schedule; shorter in demonstrations only. */
  LONGEST_TIMER_SECONDS: v.optional(seconds(0, longestTimerSeconds), String(longestTimerSeconds)),
  /** Schedules are made for whole steps; shorter in demonstrations only. */
  SCHEDULE_STEP_SECONDS: v.optional(seconds(1, scheduleStepSeconds), String(scheduleStepSeconds)),
});

/** What the consumer reads from its environment. */
export const runTasksEnvironment = v.object({
  ...commonEnvironment,
  TABLE_NAME: required,
  /** Topic of the tasks that are due. */
  TOPIC_ARN: required,
  /** Comma-separated ids of tasks that cannot be handed on; set by demonstrations only. */
  FAILING_TASKS: v.optional(v.string(), ''),
});
