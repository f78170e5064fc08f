import { Duration } from 'aws-cdk-lib';
import { AlarmTopic } from '../../../../lib/constructs/alarm-topic.ts';
import { DurableQueue } from '../../../../lib/constructs/durable-queue.ts';
import {
  FairQueueMonitoring,
  type FairQueueMonitoringProps,
} from '../../../../lib/constructs/monitoring/fair-queue-monitoring.ts';
import { resourceOf, testStack } from '../../../support/stack-template.ts';
import { toldBy } from '../../../support/told-alarms.ts';

function monitorQueue(props: Partial<FairQueueMonitoringProps> = {}) {
  const stack = testStack();
  const queue = new DurableQueue(stack, 'Payment');
  const alarmTopic = new AlarmTopic(stack, 'Alarms');
  const { alarms } = new FairQueueMonitoring(stack, 'Fairness', { queue, alarmTopic, ...props });
  return { stack, queue, alarmTopic, alarms };
}

describe('FairQueueMonitoring', () => {
  it('raises an alarm when quiet groups wait for more than 15 minutes, by default', () => {
    const { stack, queue, alarmTopic, alarms } = monitorQueue();

    expect(alarms.map(alarm => resourceOf(alarm).Properties)).toMatchObject([
      {
        AlarmDescription: expect.stringContaining('15 minutes'),
        Namespace: 'AWS/SQS',
        MetricName: 'ApproximateAgeOfOldestMessageInQuietGroups',
        Dimensions: [{ Name: 'QueueName', Value: stack.resolve(queue.queue.queueName) }],
        Statistic: 'Maximum',
        Period: 60,
        Threshold: 900,
        ComparisonOperator: 'GreaterThanThreshold',
        EvaluationPeriods: 3,
        TreatMissingData: 'notBreaching',
      },
    ]);
    expect(toldBy(stack, alarmTopic, alarms)).toEqual({ QuietMessageAge: 'PaymentIncidentUnhealthy' });
  });

  it('takes another limit', () => {
    const [alarm] = monitorQueue({ maxMessageAge: Duration.minutes(5) }).alarms;

    expect(alarm && resourceOf(alarm).Properties).toMatchObject({
      Threshold: 300,
      AlarmDescription: expect.stringContaining('5 minutes'),
    });
  });
});
