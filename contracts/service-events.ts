import * as v from 'valibot';
import { commonEnvironment, required } from './environment.ts';
import { EventFamily, type EventOf, event } from './events.ts';

/** Namespace of the metrics that this system's functions emit. */
export const metricsNamespace = 'ServiceEvents';

const text = v.pipe(v.string(), v.minLength(1));
const moment = v.pipe(v.string(), v.isoTimestamp());

/** A field of an event of ours, and where it comes from in what the service tells. */
interface Field<Schema extends v.GenericSchema = v.GenericSchema> {
  /** JSON path; it must lead somewhere in every event that the pattern takes. */
  readonly path: string;
  readonly schema: Schema;
}

type Fields = Readonly<Record<string, Field>>;
type EntriesOf<Own extends Fields> = { readonly [Name in keyof Own]: Own[Name]['schema'] };

function from<const Schema extends v.GenericSchema>(path: string, schema: Schema): Field<Schema> {
  return { path, schema };
}

/** What EventBridge says of every event, whichever service tells it. */
const common = {
  /** When it happened, by the service's clock. */
  at: from('$.time', moment),
  account: from('$.account', v.pipe(v.string(), v.digits())),
  region: from('$.region', text),
};

/** Which events of a service are taken, and what becomes of them. */
export interface ServiceEventRule {
  readonly type: string;
  /** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html */
  readonly pattern: {
    readonly source: readonly string[];
    readonly detailType: readonly string[];
    readonly detail?: Readonly<Record<string, unknown>>;
  };
  /** Fields of our event, by where they come from. */
  readonly paths: Readonly<Record<string, string>>;
}

/** An event of ours that an AWS service's becomes: its rule and its schema are made of the same fields. */
function serviceEvent<const Type extends string, const Own extends Fields>(
  type: Type,
  pattern: ServiceEventRule['pattern'],
  own: Own,
) {
  const fields: Fields = { ...common, ...own };
  const entries = Object.fromEntries(Object.entries(fields).map(([name, { schema }]) => [name, schema]));
  const paths = Object.fromEntries(Object.entries(fields).map(([name, { path }]) => [name, path]));
  const rule: ServiceEventRule = {
    type,
    pattern,
    // The id that EventBridge gave the event is the same at each of its deliveries.
    paths: { correlation_id: '$.id', ...paths },
  };
  return { rule, schema: event(type, entries as EntriesOf<typeof common & Own>) };
}

/** A field that the service may leave out must be there: what is without it is of no use here. */
const present = [{ exists: true }];

/** @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-instance-state-changes.html */
const instanceStateChanged = serviceEvent(
  'instance_state_changed',
  { source: ['aws.ec2'], detailType: ['EC2 Instance State-change Notification'] },
  { instance_id: from('$.detail.instance-id', text), state: from('$.detail.state', text) },
);

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html */
const taskStopped = serviceEvent(
  'task_stopped',
  {
    source: ['aws.ecs'],
    detailType: ['ECS Task State Change'],
    detail: { lastStatus: ['STOPPED'], stopCode: present, stoppedReason: present, group: present },
  },
  {
    task_arn: from('$.detail.taskArn', text),
    cluster_arn: from('$.detail.clusterArn', text),
    /** The service that it was a task of, `service:storyboards`, or the family of its definition. */
    group: from('$.detail.group', text),
    stop_code: from('$.detail.stopCode', text),
    reason: from('$.detail.stoppedReason', v.string()),
  },
);

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
const objectCreated = serviceEvent(
  'object_created',
  {
    source: ['aws.s3'],
    detailType: ['Object Created'],
    detail: { object: { 'version-id': present } },
  },
  {
    bucket: from('$.detail.bucket.name', text),
    /** As it is: here, unlike in notifications, S3 does not encode it. */
    object_key: from('$.detail.object.key', text),
    version_id: from('$.detail.object.version-id', text),
    size: from('$.detail.object.size', v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
  },
);

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html */
const alarmStateChanged = serviceEvent(
  'alarm_state_changed',
  {
    source: ['aws.cloudwatch'],
    detailType: ['CloudWatch Alarm State Change'],
    detail: { previousState: { value: present } },
  },
  {
    alarm: from('$.detail.alarmName', text),
    state: from('$.detail.state.value', text),
    previous_state: from('$.detail.previousState.value', text),
    reason: from('$.detail.state.reason', v.string()),
  },
);

/** @see https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html */
const healthReported = serviceEvent(
  'health_reported',
  { source: ['aws.health'], detailType: ['AWS Health Event'] },
  {
    health_event_arn: from('$.detail.eventArn', text),
    service: from('$.detail.service', text),
    code: from('$.detail.eventTypeCode', text),
    /** `issue`, `scheduledChange`, `accountNotification` or `investigation`. */
    category: from('$.detail.eventTypeCategory', text),
  },
);

/** The rules by which events of AWS services come to the queue. */
export const serviceEventRules = {
  instance_state_changed: instanceStateChanged.rule,
  task_stopped: taskStopped.rule,
  object_created: objectCreated.rule,
  alarm_state_changed: alarmStateChanged.rule,
  health_reported: healthReported.rule,
};

/** Events of AWS services, as the queue has them. */
export const serviceEvents = new EventFamily({
  instance_state_changed: instanceStateChanged.schema,
  task_stopped: taskStopped.schema,
  object_created: objectCreated.schema,
  alarm_state_changed: alarmStateChanged.schema,
  health_reported: healthReported.schema,
});

export type ServiceEvent = EventOf<typeof serviceEvents.schemas>;

/** What the consumer takes from its queue: all of them. */
export const filedEvents = serviceEvents.select(
  'instance_state_changed',
  'task_stopped',
  'object_created',
  'alarm_state_changed',
  'health_reported',
);

/** Incidents on the topic: what somebody should look at. `incident_id` tells repetitions. */
export const incidentEvents = new EventFamily({
  incident_raised: event('incident_raised', {
    incident_id: text,
    severity: v.picklist(['warning', 'critical']),
    summary: text,
    at: moment,
    account: text,
    region: text,
  }),
});

export type IncidentRaised = EventOf<typeof incidentEvents.schemas>;

export const fileEventsEnvironment = v.object({
  ...commonEnvironment,
  TABLE_NAME: required,
  TOPIC_ARN: required,
  /** How long an event is kept, in days. */
  RETENTION_DAYS: v.pipe(
    v.string(),
    v.regex(/^[1-9]\d{0,4}$/, 'expected a number of days'),
    v.transform(Number),
  ),
});
