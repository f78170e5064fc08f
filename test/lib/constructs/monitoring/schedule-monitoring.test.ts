import { AlarmTopic } from '../../../../lib/constructs/alarm-topic.ts';
import { DurableQueue } from '../../../../lib/constructs/durable-queue.ts';
import { ScheduleMonitoring } from '../../../../lib/constructs/monitoring/schedule-monitoring.ts';
import { TaskScheduler } from '../../../../lib/constructs/task-scheduler.ts';
import { resourceOf, testStack } from '../../../support/stack-template.ts';

it('ScheduleMonitoring raises an alarm of what schedules cannot send, whether it is kept or lost', () => {
  const stack = testStack();
  const scheduler = new TaskScheduler(stack, 'Scheduler', { queue: new DurableQueue(stack, 'Tasks') });
  const alarmTopic = new AlarmTopic(stack, 'Alarms');

  const { alarms } = new ScheduleMonitoring(stack, 'Monitoring', { scheduler, alarmTopic });

  const actions = [stack.resolve(alarmTopic.topic.topicArn)];
  const ofGroup = {
    Namespace: 'AWS/Scheduler',
    Dimensions: [{ Name: 'ScheduleGroup', Value: stack.resolve(scheduler.group.ref) }],
    Statistic: 'Sum',
    Period: 300,
  };
  const always = {
    Threshold: 1,
    TreatMissingData: 'notBreaching',
    AlarmActions: actions,
    OKActions: actions,
  };
  expect(alarms.map(alarm => resourceOf(alarm).Properties)).toMatchObject([
    {
      ...always,
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: stack.resolve(scheduler.undelivered.queueName) }],
    },
    { ...always, ...ofGroup, MetricName: 'InvocationDroppedCount' },
    { ...always, ...ofGroup, MetricName: 'InvocationsFailedToBeSentToDeadLetterCount' },
  ]);
});
