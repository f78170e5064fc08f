import * as v from 'valibot';
import { filedEvents, type ServiceEvent } from '../../../contracts/service-events.ts';
import {
  type InputTransformer,
  transformed,
} from '../../../local/emulators/eventbridge/input-transformer.ts';
import { matchesPattern } from '../../../local/emulators/sns/filter-policy.ts';
import { resourcesOfType } from '../../support/stack-template.ts';
import { systemTemplate } from '../../support/synthesized-app.ts';

/** The template's rules, whose bucket has its name. */
const rules = resourcesOfType(systemTemplate('service-events', 'dev'), 'AWS::Events::Rule').map(
  ([, { Properties }]) => {
    const { EventPattern, Targets } = JSON.parse(
      JSON.stringify(Properties).replaceAll(/\{"Ref":"Reports\w+"\}/g, '"reports"'),
    ) as {
      EventPattern: Readonly<Record<string, unknown>>;
      Targets: readonly { readonly InputTransformer: InputTransformer }[];
    };
    return { pattern: EventPattern, transformer: Targets[0]?.InputTransformer };
  },
);

const at = '2026-11-26T14:30:00Z';

function told(source: string, detailType: string, detail: object) {
  return {
    version: '0',
    id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
    'detail-type': detailType,
    source,
    account: '111122223333',
    time: at,
    region: 'eu-west-1',
    resources: [],
    detail,
  };
}

/** What the queue gets of an event, as its consumer parses it. */
function onTheQueue(event: object): readonly ServiceEvent[] {
  return rules
    .filter(({ pattern }) => matchesPattern(pattern, [event]))
    .map(({ transformer }) => {
      if (!transformer) throw new Error('A rule hands over what the service told.');
      return v.parse(filedEvents.schema, JSON.parse(transformed(event, transformer)));
    });
}

const cluster = 'arn:aws:ecs:eu-west-1:111122223333:cluster/workers';
const task = {
  taskArn: 'arn:aws:ecs:eu-west-1:111122223333:task/workers/0d1cc4a1',
  clusterArn: cluster,
  desiredStatus: 'STOPPED',
  lastStatus: 'STOPPED',
  group: 'service:storyboards',
  stopCode: 'EssentialContainerExited',
  stoppedReason: 'Essential container in task "exited"',
  containers: [{ exitCode: 137 }],
};
const object = { key: '2026/a b.csv', size: 5, etag: 'b1946ac92492d2347c6235b4d2611184', 'version-id': 'v1' };
const alarm = {
  alarmName: 'order-processing-backlog',
  state: { value: 'ALARM', reason: 'Threshold Crossed', timestamp: '2026-11-26T14:30:00.000+0000' },
  previousState: { value: 'OK' },
};
const health = {
  eventArn: 'arn:aws:health:eu-west-1::event/SQS/AWS_SQS_OPERATIONAL_ISSUE/1',
  service: 'SQS',
  eventTypeCode: 'AWS_SQS_OPERATIONAL_ISSUE',
  eventTypeCategory: 'issue',
  eventDescription: [{ language: 'en_US', latestDescription: 'A description' }],
};
const ec2 = (detail: object) => told('aws.ec2', 'EC2 Instance State-change Notification', detail);
const ecs = (detail: object) => told('aws.ecs', 'ECS Task State Change', detail);
const s3 = (of: object, bucket = 'reports') =>
  told('aws.s3', 'Object Created', { version: '0', bucket: { name: bucket }, object: of });
const cloudWatch = (detail: object) => told('aws.cloudwatch', 'CloudWatch Alarm State Change', detail);

it.each<[string, object, object]>([
  ['instance_state_changed', ec2({ 'instance-id': 'i-1', state: 'stopping' }), { state: 'stopping' }],
  ['task_stopped', ecs(task), { stop_code: task.stopCode, reason: task.stoppedReason, cluster_arn: cluster }],
  ['object_created', s3(object), { object_key: '2026/a b.csv', size: 5, version_id: 'v1' }],
  ['alarm_state_changed', cloudWatch(alarm), { state: 'ALARM', previous_state: 'OK' }],
  ['health_reported', told('aws.health', 'AWS Health Event', health), { category: 'issue', service: 'SQS' }],
])('what a service tells is one event of the contract: %s', (type, event, fields) => {
  expect(onTheQueue(event)).toEqual([
    expect.objectContaining({
      event_type: type,
      correlation_id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
      at,
      account: '111122223333',
      region: 'eu-west-1',
      ...fields,
    }),
  ]);
});

/** Without one of its fields. */
function without(detail: object, field: string): object {
  return Object.fromEntries(Object.entries(detail).filter(([name]) => name !== field));
}

it.each<[string, object]>([
  ['a task that runs', ecs({ ...task, lastStatus: 'RUNNING' })],
  ['a task without a code', ecs(without(task, 'stopCode'))],
  ['a task without a reason', ecs(without(task, 'stoppedReason'))],
  ['a task of no group', ecs(without(task, 'group'))],
  ['an object without a version', s3(without(object, 'version-id'))],
  ['an object of another bucket', s3(object, 'other')],
  ['an alarm that is new', cloudWatch(without(alarm, 'previousState'))],
  ['what calls itself a service', { ...ec2({ 'instance-id': 'i-1', state: 'stopping' }), source: 'ec2' }],
])('is not taken, since a field would be an empty text, or it is not asked for: %s', (_, event) => {
  expect(onTheQueue(event)).toEqual([]);
});
