import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { AlarmTopic } from '../alarm-topic.ts';
import { accountMetric } from './account-metrics.ts';
import { MonitoringAlarm } from './monitoring-alarm.ts';

export interface AccountMonitoringProps {
  readonly alarmTopic: AlarmTopic;

  /**
   * Share of the account's concurrency, in percent, that may be taken for some minutes.
   *
   * @default 80
   */
  readonly maxConcurrencyInPercent?: number;
}

/**
 * Alarm of what all functions of an account share in a region: how many of them may run at once. What is reserved
 * or provisioned counts as taken. Beyond the quota, Lambda refuses invocations of whichever function comes next.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-concurrency.html
 */
export class AccountMonitoring extends Construct {
  readonly alarms: readonly cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, props: AccountMonitoringProps) {
    super(scope, id);
    const maxConcurrency = props.maxConcurrencyInPercent ?? 80;
    this.alarms = [
      new MonitoringAlarm(this, 'Concurrency', {
        means: `More than ${maxConcurrency} % of the concurrency that Lambda lets the account have here is taken.`,
        breaks: 'At 100 %, invocations of every function are refused. Queues keep what waits, requests fail.',
        runbook: 'throttled',
        metric: new cloudwatch.MathExpression({
          label: 'Concurrency taken (%)',
          // The quota is known by the metric that counts what runs.
          expression: '100 * claimed / SERVICE_QUOTA(running)',
          usingMetrics: {
            claimed: accountMetric('ClaimedAccountConcurrency'),
            running: accountMetric('ConcurrentExecutions'),
          },
          period: Duration.minutes(1),
        }),
        threshold: maxConcurrency,
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluationPeriods: 5,
        datapointsToAlarm: 3,
      }),
    ];
    props.alarmTopic.notifyOf(...this.alarms);
  }
}
