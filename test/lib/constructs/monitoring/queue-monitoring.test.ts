import { Duration } from 'aws-cdk-lib';
import { AlarmTopic } from '../../../../lib/constructs/alarm-topic.ts';
import { DurableQueue } from '../../../../lib/constructs/durable-queue.ts';
import { setMonitoringContext } from '../../../../lib/constructs/monitoring/monitoring-context.ts';
import {
  QueueMonitoring,
  type QueueMonitoringProps,
} from '../../../../lib/constructs/monitoring/queue-monitoring.ts';
import { resourceOf, testStack } from '../../../support/stack-template.ts';
import { toldBy } from '../../../support/told-alarms.ts';

function monitorQueue(props: Partial<QueueMonitoringProps> = {}) {
  const stack = testStack();
  const queue = new DurableQueue(stack, 'Payment');
  const alarmTopic = new AlarmTopic(stack, 'Alarms');
  const { alarms } = new QueueMonitoring(stack, 'Monitoring', { queue, alarmTopic, ...props });
  const [deadLetters, messageAge, backlog, growing, inFlight] = alarms.map(
    alarm => resourceOf(alarm).Properties,
  );
  const dimensionOf = (watched: { readonly queueName: string }) => [
    { Name: 'QueueName', Value: stack.resolve(watched.queueName) },
  ];
  return {
    stack,
    queue,
    alarmTopic,
    alarms,
    deadLetters,
    messageAge,
    backlog,
    growing,
    inFlight,
    dimensionOf,
  };
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

  it('tells of messages per day by itself: they are no sign of a fault', () => {
    const { stack, alarms, alarmTopic } = monitorQueue({ maxMessagesPerDay: 10_000 });
    expect(toldBy(stack, alarmTopic, alarms)).toMatchObject({ MessagesPerDay: 'itself' });
  });

  it('raises an alarm when consumers run and the backlog grows for half an hour, from a tenth of it', () => {
    const { growing } = monitorQueue({ maxBacklog: 500 });
    expect(growing).toMatchObject({
      AlarmDescription: expect.stringContaining('50 or more wait'),
      Threshold: 1,
      EvaluationPeriods: 6,
      Metrics: expect.arrayContaining([
        expect.objectContaining({
          Expression: 'IF(waiting >= 50 AND FILL(handled, 0) > 0, FILL(arrived, 0) - FILL(handled, 0), 0)',
        }),
      ]),
    });
  });

  it('raises an alarm when consumers have 80 percent of the messages in hand that SQS lets them have', () => {
    const { inFlight, queue, dimensionOf } = monitorQueue();
    expect(inFlight).toMatchObject({
      MetricName: 'ApproximateNumberOfMessagesNotVisible',
      Dimensions: dimensionOf(queue.queue),
      Statistic: 'Maximum',
      Threshold: 96_000,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    });
  });

  it('tells the alarm topic of the first sign, and of the DLQ when there is none', () => {
    const { stack, alarms, alarmTopic } = monitorQueue();
    expect(toldBy(stack, alarmTopic, alarms)).toEqual({
      DeadLetters: 'PaymentIncidentRemains',
      MessageAge: 'PaymentIncidentUnhealthy',
      Backlog: 'PaymentIncidentUnhealthy',
      BacklogGrowing: 'PaymentIncidentUnhealthy',
      InFlight: 'PaymentIncidentUnhealthy',
    });
  });

  it('is two alarms that tell by themselves where the stage wants the essential ones', () => {
    const stack = testStack();
    setMonitoringContext(stack, { alarms: 'essential' });
    const queue = new DurableQueue(stack, 'Payment');
    const alarmTopic = new AlarmTopic(stack, 'Alarms');
    const { alarms } = new QueueMonitoring(stack, 'Monitoring', { queue, alarmTopic });
    expect(toldBy(stack, alarmTopic, alarms)).toEqual({ DeadLetters: 'itself', MessageAge: 'itself' });
  });
});
