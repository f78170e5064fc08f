import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { AlarmTopic } from '../alarm-topic.ts';
import { MonitoringAlarm } from './monitoring-alarm.ts';
import type { AlarmText } from './runbook.ts';

export interface MailMonitoringProps {
  readonly alarmTopic: AlarmTopic;
}

/** Shares of mails at which SES puts an account under review: it may stop its mails, all of them. */
const reviewedAt = { bounces: 0.05, complaints: 0.001 };

/**
 * Alarms of the account's mails: too many bounce, or too many of those who get them complain. The rates are those
 * of the account in its region, by which SES judges, whichever system sent the mails.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/reputationdashboard-cloudwatch-alarm.html
 */
export class MailMonitoring extends Construct {
  readonly alarms: readonly cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, { alarmTopic }: MailMonitoringProps) {
    super(scope, id);
    const rateAlarm = (alarmId: string, metricName: string, threshold: number, text: AlarmText) =>
      new MonitoringAlarm(this, alarmId, {
        ...text,
        metric: new cloudwatch.Metric({
          namespace: 'AWS/SES',
          metricName,
          statistic: cloudwatch.Stats.AVERAGE,
          period: Duration.hours(1),
        }),
        threshold,
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluationPeriods: 1,
        // Rates are told now and then: one that was too high is so until another is told.
        treatMissingData: cloudwatch.TreatMissingData.IGNORE,
      });
    this.alarms = [
      rateAlarm('BounceRate', 'Reputation.BounceRate', reviewedAt.bounces, {
        means: 'So many mails bounce that SES reviews the account.',
        breaks: 'SES may stop all mails of the account.',
        runbook: 'bounceRate',
      }),
      rateAlarm('ComplaintRate', 'Reputation.ComplaintRate', reviewedAt.complaints, {
        means: 'So many who get mails complain that SES reviews the account.',
        breaks: 'SES may stop all mails of the account.',
        runbook: 'complaintRate',
      }),
    ];
    alarmTopic.notifyOf(...this.alarms);
  }
}
