import { orderEvents, paymentEvents, shippingEvents } from '../../../../contracts/orders.ts';
import { AlarmTopic } from '../../../../lib/constructs/alarm-topic.ts';
import { DurableQueue } from '../../../../lib/constructs/durable-queue.ts';
import { FanOutTopic } from '../../../../lib/constructs/fan-out-topic.ts';
import { MessageKey } from '../../../../lib/constructs/message-key.ts';
import { TopicMonitoring } from '../../../../lib/constructs/monitoring/topic-monitoring.ts';
import { resourceOf, testStack } from '../../../support/stack-template.ts';

function monitorTopic(props: { readonly maxMessagesPerDay?: number } = {}) {
  const stack = testStack();
  const topic = new FanOutTopic(stack, 'OrderPlaced', {
    events: orderEvents,
    key: new MessageKey(stack, 'Key', { description: 'Encrypts orders' }),
  });
  const undelivered = [
    topic.fanOutTo(new DurableQueue(stack, 'Payment'), paymentEvents),
    topic.fanOutTo(new DurableQueue(stack, 'Shipping'), shippingEvents),
  ];
  const alarmTopic = new AlarmTopic(stack, 'Alarms');
  const { alarms } = new TopicMonitoring(stack, 'Monitoring', { topic, alarmTopic, ...props });
  return { stack, topic, undelivered, alarmTopic, alarms };
}

describe('TopicMonitoring', () => {
  it('raises an alarm when an event is in no DLQ either, and not at each try of an endpoint', () => {
    const { stack, topic, alarms } = monitorTopic();
    expect(alarms.slice(0, 1).map(alarm => resourceOf(alarm).Properties)).toMatchObject([
      {
        Namespace: 'AWS/SNS',
        MetricName: 'NumberOfNotificationsFailedToRedriveToDlq',
        Dimensions: [{ Name: 'TopicName', Value: stack.resolve(topic.topic.topicName) }],
        Statistic: 'Sum',
        Threshold: 1,
        TreatMissingData: 'notBreaching',
      },
    ]);
  });

  it('raises an alarm for the DLQ of each subscription', () => {
    const { stack, undelivered, alarms } = monitorTopic();
    expect(alarms.slice(1, 3).map(alarm => resourceOf(alarm).Properties)).toMatchObject(
      undelivered.map(queue => ({
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Dimensions: [{ Name: 'QueueName', Value: stack.resolve(queue.queueName) }],
        Statistic: 'Maximum',
        Period: 60,
        Threshold: 1,
        TreatMissingData: 'notBreaching',
      })),
    );
  });

  it('raises an alarm when something without attributes is published, which no filter lets through', () => {
    const { stack, topic, alarms } = monitorTopic();
    expect(alarms.slice(3, 4).map(alarm => resourceOf(alarm).Properties)).toMatchObject([
      {
        AlarmDescription: expect.stringContaining('eventType'),
        Namespace: 'AWS/SNS',
        MetricName: 'NumberOfNotificationsFilteredOut-NoMessageAttributes',
        Dimensions: [{ Name: 'TopicName', Value: stack.resolve(topic.topic.topicName) }],
        Statistic: 'Sum',
        Threshold: 1,
        TreatMissingData: 'notBreaching',
      },
    ]);
  });

  it('raises an alarm when filters leave out all that is published, for half an hour', () => {
    const { alarms } = monitorTopic();
    const [filteredOut] = alarms.slice(4).map(alarm => resourceOf(alarm).Properties);
    expect(filteredOut).toMatchObject({
      Threshold: 1,
      EvaluationPeriods: 2,
      Metrics: expect.arrayContaining([
        expect.objectContaining({ Expression: 'IF(SUM([delivered, failed, left]) == left, left, 0)' }),
      ]),
    });
    const { Metrics: metrics } = filteredOut as {
      Metrics: { Id: string; MetricStat?: { Metric: { MetricName: string } } }[];
    };
    const read = metrics
      .filter(({ MetricStat }) => MetricStat)
      .map(({ Id, MetricStat }) => [Id, MetricStat?.Metric.MetricName]);
    expect(Object.fromEntries(read)).toEqual({
      delivered: 'NumberOfNotificationsDelivered',
      failed: 'NumberOfNotificationsFailed',
      left: 'NumberOfNotificationsFilteredOut',
    });
  });

  it('asks no attributes of what goes to everybody', () => {
    const stack = testStack();
    const topic = new FanOutTopic(stack, 'Uploads', {
      key: new MessageKey(stack, 'Key', { description: 'Encrypts notices of uploads' }),
    });
    topic.fanOutTo(new DurableQueue(stack, 'Archive'), 'everything');
    const { alarms } = new TopicMonitoring(stack, 'Monitoring', {
      topic,
      alarmTopic: new AlarmTopic(stack, 'Alarms'),
    });
    expect(alarms.map(alarm => alarm.node.id)).toEqual(['LostDeliveries', 'UndeliveredArchive']);
  });

  it('raises an alarm when more was published in a day than it is told that may', () => {
    const { stack, topic, alarms } = monitorTopic({ maxMessagesPerDay: 10_000 });
    expect(alarms.slice(5).map(alarm => resourceOf(alarm).Properties)).toMatchObject([
      {
        Namespace: 'AWS/SNS',
        MetricName: 'NumberOfMessagesPublished',
        Dimensions: [{ Name: 'TopicName', Value: stack.resolve(topic.topic.topicName) }],
        Statistic: 'Sum',
        Period: 86_400,
        Threshold: 10_000,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'notBreaching',
      },
    ]);
  });

  it('tells the alarm topic of each', () => {
    const { stack, alarms, alarmTopic } = monitorTopic({ maxMessagesPerDay: 10_000 });
    const topicArn = stack.resolve(alarmTopic.topic.topicArn);
    expect(alarms).toHaveLength(6);
    for (const alarm of alarms) {
      expect(resourceOf(alarm).Properties).toMatchObject({
        AlarmActions: [topicArn],
        OKActions: [topicArn],
      });
    }
  });
});
