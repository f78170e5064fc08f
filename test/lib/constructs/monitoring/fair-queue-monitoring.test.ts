import { Duration } from 'aws-cdk-lib';
import { AlarmTopic } from '../../../../lib/constructs/alarm-topic.ts';
import { DurableQueue } from '../../../../lib/constructs/durable-queue.ts';
import { FairQueueDashboard } from '../../../../lib/constructs/monitoring/fair-queue-dashboard.ts';
import {
  FairQueueMonitoring,
  type FairQueueMonitoringProps,
} from '../../../../lib/constructs/monitoring/fair-queue-monitoring.ts';
import { onlyResource, resourceOf, testStack } from '../../../support/stack-template.ts';

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
        AlarmActions: [stack.resolve(alarmTopic.topic.topicArn)],
        OKActions: [stack.resolve(alarmTopic.topic.topicArn)],
      },
    ]);
  });

  it('takes another limit', () => {
    const [alarm] = monitorQueue({ maxMessageAge: Duration.minutes(5) }).alarms;

    expect(alarm && resourceOf(alarm).Properties).toMatchObject({
      Threshold: 300,
      AlarmDescription: expect.stringContaining('5 minutes'),
    });
  });
});

/** A dashboard's body, the names of queues put in. */
function graphsOf(queueNames: readonly string[]) {
  const stack = testStack();
  const queues = queueNames.map(name => new DurableQueue(stack, name));
  new FairQueueDashboard(stack, 'Fairness', { queues });
  const { DashboardBody } = onlyResource(stack, 'AWS::CloudWatch::Dashboard').Properties as {
    DashboardBody: { 'Fn::Join': [string, (string | { readonly 'Fn::GetAtt'?: [string, string] })[]] };
  };
  const names = new Map(
    queues.map(({ queue, node }) => [JSON.stringify(stack.resolve(queue.queueName)), node.id]),
  );
  const body = DashboardBody['Fn::Join'][1]
    .map(part => (typeof part === 'string' ? part : (names.get(JSON.stringify(part)) ?? 'a-region')))
    .join('');
  const { widgets } = JSON.parse(body) as {
    widgets: {
      x: number;
      y: number;
      properties: { title: string; metrics: [string, string, string, string, { stat: string }][] };
    }[];
  };
  return widgets.map(({ x, y, properties: { title, metrics } }) => ({
    x,
    y,
    title,
    metrics: metrics.map(([namespace, name, dimension, queue, { stat }]) =>
      [namespace, name, dimension, queue, stat].join(' '),
    ),
  }));
}

describe('FairQueueDashboard', () => {
  const metric = (name: string) => `AWS/SQS ${name} QueueName Payment Maximum`;

  it('shows how many groups are noisy, and what waits, is in flight and is oldest in all and in quiet ones', () => {
    expect(graphsOf(['Payment'])).toEqual([
      {
        x: 0,
        y: 0,
        title: 'Payment: noisy groups',
        metrics: [metric('ApproximateNumberOfNoisyGroups')],
      },
      {
        x: 6,
        y: 0,
        title: 'Payment: messages waiting',
        metrics: [
          metric('ApproximateNumberOfMessagesVisible'),
          metric('ApproximateNumberOfMessagesVisibleInQuietGroups'),
        ],
      },
      {
        x: 12,
        y: 0,
        title: 'Payment: messages in flight',
        metrics: [
          metric('ApproximateNumberOfMessagesNotVisible'),
          metric('ApproximateNumberOfMessagesNotVisibleInQuietGroups'),
        ],
      },
      {
        x: 18,
        y: 0,
        title: 'Payment: age of the oldest, s',
        metrics: [
          metric('ApproximateAgeOfOldestMessage'),
          metric('ApproximateAgeOfOldestMessageInQuietGroups'),
        ],
      },
    ]);
  });

  it('has a row for each queue', () => {
    const rows = Map.groupBy(graphsOf(['Payment', 'Shipping']), ({ y }) => y);

    expect([...rows.values()].map(row => row.map(({ title }) => title.split(':')[0]))).toEqual([
      Array(4).fill('Payment'),
      Array(4).fill('Shipping'),
    ]);
  });
});
