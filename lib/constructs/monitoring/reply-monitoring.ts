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
        means:
          'Replies came to requests that were never made where they came: a consumer mixes addresses up.',
        breaks: 'Somebody else waits for these replies, and does without.',
        runbook: 'replies',
      }),
      new CountAlarm(this, 'UnreadableReplies', {
        metric: counted(replyMetrics.unreadable),
        means: 'Replies were none by their form: producer and consumer differ over the contract.',
        breaks: 'Who waits for them does without.',
        runbook: 'replies',
      }),
      new CountAlarm(this, 'DeletedQueues', {
        metric: counted(replyMetrics.queuesReplaced),
        means: 'Somebody deleted the reply queue of a server that lives.',
        breaks: 'The replies in it are lost; the server has made another queue.',
        runbook: 'replyQueueDeleted',
      }),
    ];
    alarmTopic.notifyOf(...this.alarms);
  }
}
