import type { ServiceEvent } from '../../contracts/service-events.ts';

const common = {
  correlation_id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  at: '2026-11-26T14:30:00Z',
  account: '111122223333',
  region: 'eu-west-1',
};

type EventOfType<Type extends ServiceEvent['event_type']> = Extract<ServiceEvent, { event_type: Type }>;
type Change<Type extends ServiceEvent['event_type']> = Partial<EventOfType<Type>>;

/** Events of AWS services as the queue has them, each as dull as it can be. */
export const serviceEvent = {
  instance: (change: Change<'instance_state_changed'> = {}): EventOfType<'instance_state_changed'> => ({
    event_type: 'instance_state_changed',
    ...common,
    instance_id: 'i-1234567890abcdef0',
    state: 'running',
    ...change,
  }),
  task: (change: Change<'task_stopped'> = {}): EventOfType<'task_stopped'> => ({
    event_type: 'task_stopped',
    ...common,
    task_arn: 'arn:aws:ecs:eu-west-1:111122223333:task/workers/0d1cc4a1',
    cluster_arn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/workers',
    group: 'service:storyboards',
    stop_code: 'UserInitiated',
    reason: 'Scaling activity',
    ...change,
  }),
  object: (change: Change<'object_created'> = {}): EventOfType<'object_created'> => ({
    event_type: 'object_created',
    ...common,
    bucket: 'reports',
    object_key: '2026/costs.csv',
    version_id: '1',
    size: 12,
    ...change,
  }),
  alarm: (change: Change<'alarm_state_changed'> = {}): EventOfType<'alarm_state_changed'> => ({
    event_type: 'alarm_state_changed',
    ...common,
    alarm: 'backlog',
    state: 'ALARM',
    previous_state: 'OK',
    reason: 'Threshold crossed',
    ...change,
  }),
  health: (change: Change<'health_reported'> = {}): EventOfType<'health_reported'> => ({
    event_type: 'health_reported',
    ...common,
    health_event_arn: 'arn:aws:health:eu-west-1::event/SQS/1',
    service: 'SQS',
    code: 'AWS_SQS_OPERATIONAL_ISSUE',
    category: 'accountNotification',
    ...change,
  }),
};
