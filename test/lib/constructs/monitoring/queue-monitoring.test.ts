import { Duration } from 'aws-cdk-lib';
import { AlarmTopic } from '../../../../lib/constructs/alarm-topic.ts';
import { DurableQueue } from '../../../../lib/constructs/durable-queue.ts';
import {
  QueueMonitoring,
  type QueueMonitoringProps,
} from '../../../../lib/constructs/monitoring/queue-monitoring.ts';
import { resourceOf, testStack } from '../../../support/stack-template.ts';

function monitorQueue(props: Partial<QueueMonitoringProps> = {}) {
  const stack = testStack();
  const queue = new DurableQueue(stack, 'Payment');
  const alarmTopic = new AlarmTopic(stack, 'Alarms');
  const { alarms } = new QueueMonitoring(stack, 'Monitoring', { queue, alarmTopic, ...props });
  const [deadLetters, messageAge, backlog] = alarms.map(alarm => resourceOf(alarm).Properties);
  const dimensionOf = (watched: { readonly queueName: string }) => [
    { Name: 'QueueName', Value: stack.resolve(watched.queueName) },
  ];
  return { stack, queue, alarmTopic, alarms, deadLetters, messageAge, backlog, dimensionOf };
}

describe('QueueMonitoring', () => {
  it('raises an alarm at the first message in the DLQ', () => {
    const { deadLetters, queue, dimensionOf } = monitorQueue();
    expect(deadLetters).toMatchObject({
      Namespace: 'AWS/SQS',
      // NumberOfMessagesSent does not count what SQS itself moves to a DLQ.
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: dimensionOf(queue.deadLetterQueue),
      Statistic: 'Maximum',
      Period: 60,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
    });
  });

  it('raises an alarm when the oldest message waits for more than 15 minutes, by default', () => {
    const { messageAge, queue, dimensionOf } = monitorQueue();
    expect(messageAge).toMatchObject({
      AlarmDescription: expect.stringContaining('15 minutes'),
      MetricName: 'ApproximateAgeOfOldestMessage',
      Dimensions: dimensionOf(queue.queue),
      Statistic: 'Maximum',
      Period: 60,
      Threshold: 900,
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 3,
      TreatMissingData: 'notBreaching',
    });
  });

  it('raises an alarm when more than 1,000 messages wait for a quarter of an hour, by default', () => {
    const { backlog, queue, dimensionOf } = monitorQueue();
    expect(backlog).toMatchObject({
      AlarmDescription: expect.stringContaining('1000 messages'),
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: dimensionOf(queue.queue),
      // The fewest in five minutes: a burst that is drained in between is not a backlog.
      Statistic: 'Minimum',
      Period: 300,
      Threshold: 1_000,
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 3,
      TreatMissingData: 'notBreaching',
    });
  });

  it('takes other limits', () => {
    const { messageAge, backlog } = monitorQueue({ maxMessageAge: Duration.minutes(5), maxBacklog: 10_000 });
    expect(messageAge).toMatchObject({
      Threshold: 300,
      AlarmDescription: expect.stringContaining('5 minutes'),
    });
    expect(backlog).toMatchObject({
      Threshold: 10_000,
      AlarmDescription: expect.stringContaining('10000 messages'),
    });
  });

  it('raises an alarm when more messages came in a day than it is told that may', () => {
    const { alarms, queue, dimensionOf } = monitorQueue({ maxMessagesPerDay: 10_000 });
    const alarm = alarms.find(({ node }) => node.id === 'MessagesPerDay');
    if (!alarm) throw new Error('There is no alarm of messages per day');
    expect(resourceOf(alarm).Properties).toMatchObject({
      AlarmDescription: expect.stringMatching(/^More than 10000 messages .* cost spike/),
      Namespace: 'AWS/SQS',
      MetricName: 'NumberOfMessagesSent',
      Dimensions: dimensionOf(queue.queue),
      Statistic: 'Sum',
      Period: 86_400,
      Threshold: 10_000,
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
    });
  });

  it('lets any number of messages come in a day, by default', () => {
    expect(monitorQueue().alarms.map(({ node }) => node.id)).not.toContain('MessagesPerDay');
  });

  it('tells the alarm topic of all of them', () => {
    const { stack, alarms, alarmTopic } = monitorQueue({ maxMessagesPerDay: 10_000 });
    const topicArn = stack.resolve(alarmTopic.topic.topicArn);
    expect(alarms).toHaveLength(4);
    for (const alarm of alarms) {
      expect(resourceOf(alarm).Properties).toMatchObject({
        AlarmActions: [topicArn],
        OKActions: [topicArn],
      });
    }
  });
});
