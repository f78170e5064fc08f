import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { AlarmTopic } from '../alarm-topic.ts';

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
    const rateAlarm = (alarmId: string, metricName: string, threshold: number, alarmDescription: string) =>
      new cloudwatch.Alarm(this, alarmId, {
        alarmDescription,
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
      rateAlarm(
        'BounceRate',
        'Reputation.BounceRate',
        reviewedAt.bounces,
        'So many mails bounce that SES reviews the account. See where those addresses come from.',
      ),
      rateAlarm(
        'ComplaintRate',
        'Reputation.ComplaintRate',
        reviewedAt.complaints,
        'So many who get mails complain that SES reviews the account. See whether they asked for them.',
      ),
    ];
    alarmTopic.notifyOf(...this.alarms);
  }
}
