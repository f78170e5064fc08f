import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { MonitoringAlarm } from './monitoring-alarm.ts';

export interface MessagesPerDayAlarmProps {
  /** Metric that counts messages; summed over a day. */
  readonly metric: cloudwatch.Metric;
  /** Where they went, as it follows "messages went". */
  readonly went: string;
  /** How many a day may be. */
  readonly limit: number;
}

/**
 * Alarm of a spike of cost: each message is paid for when it is sent, received, deleted and handled. It hears of
 * what no other does, since a queue that is emptied as fast as it fills has neither age nor backlog.
 */
export class MessagesPerDayAlarm extends MonitoringAlarm {
  constructor(scope: Construct, id: string, { metric, went, limit }: MessagesPerDayAlarmProps) {
    super(scope, id, {
      means: `More than ${limit} messages went ${went} in a day: a cost spike, or more business than was expected.`,
      breaks: 'Nothing is late or lost. Each message costs requests, and the work on it.',
      runbook: 'messagesPerDay',
      // Of a day, where a point of a graph is of minutes.
      isDrawn: false,
      metric: metric.with({ statistic: cloudwatch.Stats.SUM, period: Duration.days(1) }),
      threshold: limit,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
    });
  }
}
