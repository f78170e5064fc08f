import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { AlarmTopic } from '../alarm-topic.ts';
import type { DurableQueue } from '../durable-queue.ts';
import type { EventArchive } from '../event-archive.ts';
import { CountAlarm } from './count-alarm.ts';
import { MonitoringAlarm } from './monitoring-alarm.ts';
import { fineAlarms } from './monitoring-context.ts';
import { notEmptyAlarm } from './queue-monitoring.ts';

export interface ArchiveMonitoringProps {
  readonly archive: EventArchive;

  /** Queue that is told of what could not be filed. */
  readonly unreadable: DurableQueue;

  /**
   * DLQs of the archive's subscriptions that no other construct watches.
   *
   * @default - none
   */
  readonly undelivered?: readonly IQueue[];

  readonly alarmTopic: AlarmTopic;
}

/** How much longer than it is buffered an event may take into the bucket. */
const deliveryMargin = Duration.minutes(15);

/**
 * Alarms of an archive: events do not get into the bucket, are refused by the stream, or could not be filed
 * under a type.
 *
 * @see https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html
 */
export class ArchiveMonitoring extends Construct {
  readonly alarms: readonly cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, props: ArchiveMonitoringProps) {
    super(scope, id);
    const { archive, unreadable, undelivered = [] } = props;
    const metric = (metricName: string) =>
      new cloudwatch.Metric({
        namespace: 'AWS/Firehose',
        metricName,
        dimensionsMap: { DeliveryStreamName: archive.stream.ref },
      });
    const latest = archive.buffering.plus(deliveryMargin);
    this.alarms = [
      new MonitoringAlarm(this, 'Freshness', {
        means: `Events wait for more than ${latest.toHumanString()} to be archived: the stream's role, the bucket or a key refuses them.`,
        breaks: 'The archive lacks them; the stream tries for 24 hours, then they are lost to it.',
        runbook: 'archiveDelivery',
        metric: metric('DeliveryToS3.DataFreshness').with({
          statistic: cloudwatch.Stats.MAXIMUM,
          period: Duration.minutes(5),
        }),
        threshold: latest.toSeconds(),
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluationPeriods: 3,
      }),
      ...fineAlarms(this, () => [
        new CountAlarm(this, 'Throttled', {
          metric: metric('ThrottledRecords'),
          means: 'The stream takes fewer events than are published: its quota is used up.',
          breaks: 'SNS tries again; what it gives up waits in the DLQ of the subscription.',
          runbook: 'archiveDelivery',
        }),
        new CountAlarm(this, 'Partitions', {
          metric: metric('PartitionCountExceeded'),
          means: 'There are more types of events at once than the stream files apart.',
          breaks: 'What exceeds them is filed under the errors, and not found under its type.',
          runbook: 'archiveDelivery',
        }),
      ]),
      ...[unreadable.queue, unreadable.deadLetterQueue].map(queue =>
        notEmptyAlarm(this, `Unreadable${queue.node.id}`, queue, {
          means: 'Events could not be filed under a type: they are no JSON, or name none.',
          breaks:
            'They are kept under the errors, and not found under a type. The messages name their objects.',
          runbook: 'archiveUnreadable',
        }),
      ),
      ...undelivered.map((queue, index) =>
        notEmptyAlarm(this, `Undelivered${index}`, queue, {
          means: 'SNS could not put events into the stream, and gave them up.',
          breaks: 'The archive lacks them. They wait in the DLQ for 14 days.',
          runbook: 'archiveUndelivered',
        }),
      ),
    ];
    props.alarmTopic.notifyOf(...this.alarms);
  }
}
