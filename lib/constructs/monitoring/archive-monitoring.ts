import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { AlarmTopic } from '../alarm-topic.ts';
import type { DurableQueue } from '../durable-queue.ts';
import type { EventArchive } from '../event-archive.ts';
import { CountAlarm } from './count-alarm.ts';
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
      new cloudwatch.Alarm(this, 'Freshness', {
        alarmDescription: `Events wait for more than ${latest.toHumanString()} to be archived: the stream's role, the bucket or a key refuses them. See the delivery log. They are tried for 24 hours.`,
        metric: metric('DeliveryToS3.DataFreshness').with({
          statistic: cloudwatch.Stats.MAXIMUM,
          period: Duration.minutes(5),
        }),
        threshold: latest.toSeconds(),
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluationPeriods: 3,
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      }),
      new CountAlarm(this, 'Throttled', {
        metric: metric('ThrottledRecords'),
        description:
          'The stream takes fewer events than are published. SNS tries again; ask for a higher quota.',
      }),
      new CountAlarm(this, 'Partitions', {
        metric: metric('PartitionCountExceeded'),
        description: 'More types at once than the stream files apart: what exceeds them goes to the errors.',
      }),
      ...[unreadable.queue, unreadable.deadLetterQueue].map(queue =>
        notEmptyAlarm(this, `Unreadable${queue.node.id}`, queue, {
          description:
            'Events could not be filed under a type: no JSON, or none in it. The messages name their objects; one without is the test of S3 when it was told to tell, to be deleted.',
        }),
      ),
      ...undelivered.map((queue, index) =>
        notEmptyAlarm(this, `Undelivered${index}`, queue, {
          description:
            'Events could not be put into the stream. Mend the role or the stream, then put them in.',
        }),
      ),
    ];
    props.alarmTopic.notifyOf(...this.alarms);
  }
}
