import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { serviceDimension } from '../../../contracts/metrics.ts';
import { replyMetrics } from '../../../contracts/replies.ts';
import type { AlarmTopic } from '../alarm-topic.ts';
import { CountAlarm } from './count-alarm.ts';

export interface ReplyMonitoringProps {
  /** Who waits for replies, as its metrics name it. */
  readonly producer: { readonly serviceName: string; readonly metricsNamespace: string };
  readonly alarmTopic: AlarmTopic;
}

/**
 * Alarms of what should not happen to replies. Late ones and duplicates do, and are dropped and counted:
 * they are for a dashboard, not for a person at night.
 */
export class ReplyMonitoring extends Construct {
  readonly alarms: readonly cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, { producer, alarmTopic }: ReplyMonitoringProps) {
    super(scope, id);
    const counted = (metricName: string) =>
      new cloudwatch.Metric({
        namespace: producer.metricsNamespace,
        metricName,
        dimensionsMap: { [serviceDimension]: producer.serviceName },
      });
    this.alarms = [
      new CountAlarm(this, 'UnknownReplies', {
        metric: counted(replyMetrics.unknown),
        description:
          'Replies came to requests that were never made where they came: a consumer mixes addresses up.',
      }),
      new CountAlarm(this, 'UnreadableReplies', {
        metric: counted(replyMetrics.unreadable),
        description: 'Replies were none by their form: producer and consumer differ over the contract.',
      }),
      new CountAlarm(this, 'DeletedQueues', {
        metric: counted(replyMetrics.queuesReplaced),
        description:
          'Somebody deleted the reply queue of a server that lives: see who in CloudTrail, and whether signs of life fail.',
      }),
    ];
    alarmTopic.notifyOf(...this.alarms);
  }
}
