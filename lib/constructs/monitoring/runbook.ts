import type { Construct } from 'constructs';
import { monitoringContextOf } from './monitoring-context.ts';

/**
 * What an alarm can be about, and where under docs/runbooks it is told what to do: a file, and the heading in
 * it. Without a heading, the whole file is about it. Each second-level heading of a file that is named by headings
 * is named here.
 */
export const runbooks = {
  unhealthy: 'incident.md#unhealthy',
  remains: 'incident.md#remains',
  deadLetters: 'redrive.md',
  redriverStopped: 'redrive.md#the-redriver-stopped',

  messageAge: 'backlog.md#message-age',
  backlog: 'backlog.md#backlog-growing',
  inFlight: 'backlog.md#in-flight',
  quietGroups: 'backlog.md#quiet-groups',

  errors: 'consumer.md#errors',
  throttled: 'consumer.md#throttled',
  failedRecords: 'consumer.md#failed-records',
  duration: 'consumer.md#duration',
  concurrency: 'consumer.md#concurrency',

  undelivered: 'subscription.md#undelivered',
  lostDeliveries: 'subscription.md#failed-deliveries',
  filteredOut: 'subscription.md#filtered-out',
  untyped: 'subscription.md#untyped',
  alarmsUndelivered: 'subscription.md#alarms-were-not-posted',
  failedOnEvents: 'subscription.md#failed-on-events',

  serverErrors: 'api.md#server-errors',
  apiThrottled: 'api.md#throttled',
  tooFewServers: 'api.md#too-few-servers',

  workersNotComingUp: 'fleet.md#not-coming-up',
  workersSaturated: 'fleet.md#saturated',
  noProgress: 'fleet.md#no-progress',
  lostJobs: 'fleet.md#lost-jobs',
  failedJobs: 'fleet.md#failed-jobs',

  bounceRate: 'mail.md#bounce-rate',
  complaintRate: 'mail.md#complaint-rate',

  archiveDelivery: 'archive.md#delivery',
  archiveUnreadable: 'archive.md#unreadable',
  archiveUndelivered: 'archive.md#undelivered',

  brokerSilent: 'broker.md#silent',
  brokerMemory: 'broker.md#memory',
  brokerCpu: 'broker.md#cpu',
  brokerDisk: 'broker.md#disk',
  brokerConnections: 'broker.md#connections',
  brokerQueueDepth: 'broker.md#queue-depth',
  brokerNoConsumers: 'broker.md#no-consumers',
  brokerDeadLetters: 'broker.md#dead-letters',

  replies: 'replies.md#unknown-or-unreadable',
  replyQueueDeleted: 'replies.md#a-reply-queue-was-deleted',

  schedules: 'schedule.md',

  rules: 'service-events.md#undelivered',
  serviceIncident: 'service-events.md#raised',

  workflowFailed: 'workflow.md#failed',
  workflowTimedOut: 'workflow.md#timed-out',
  workflowThrottled: 'workflow.md#throttled',

  purged: 'audit.md#a-queue-was-purged',
  deleted: 'audit.md#a-queue-or-topic-was-deleted',
  changedByHand: 'audit.md#a-queue-topic-or-key-policy-was-changed-by-hand',
  keyTakenAway: 'audit.md#a-key-was-disabled-or-will-be-deleted',
  trailChanged: 'audit.md#the-trail-was-changed',
  trailSilent: 'audit.md#the-trail-is-silent',

  messagesPerDay: 'cost-spike.md#messages-per-day',
  /** AWS Budgets tells of this in words of its own: no alarm names it. */
  budget: 'cost-spike.md#budget',
} as const;

/** Name of what an alarm is about. */
export type Runbook = keyof typeof runbooks;

/** What an alarm tells whom it wakes. */
export interface AlarmText {
  /** What is wrong, as a sentence. */
  readonly means: string;
  /** What does not work because of it, and what is lost or not, as a sentence. */
  readonly breaks: string;
  /** What it is about: the runbook is linked. */
  readonly runbook: Runbook;
}

/** Where the runbooks are in the repository. */
const folder = 'docs/runbooks';

/**
 * Description of an alarm: what it means, what it breaks, and its runbook, as a link where the stage's
 * `docsUrl` says where the repository's files can be read, else by its path.
 */
export function descriptionOf(scope: Construct, { means, breaks, runbook }: AlarmText): string {
  const { docsUrl } = monitoringContextOf(scope);
  const path = `${folder}/${runbooks[runbook]}`;
  return `${means} ${breaks} Runbook: ${docsUrl === undefined ? path : `${docsUrl}/${path}`}`;
}
