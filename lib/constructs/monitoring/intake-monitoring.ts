import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { AlarmTopic } from '../alarm-topic.ts';
import type { HttpIntake } from '../http-intake.ts';
import { CountAlarm } from './count-alarm.ts';
import { MonitoringAlarm } from './monitoring-alarm.ts';
import { fineAlarms } from './monitoring-context.ts';

export interface IntakeMonitoringProps {
  readonly intake: HttpIntake;
  readonly alarmTopic: AlarmTopic;

  /**
   * Share of requests that may be refused with a 4xx answer, in percent.
   *
   * @default 20
   */
  readonly maxRefusedPercent?: number;
}

const period = Duration.minutes(5);

/** As many refused requests in five minutes are a few callers' mistakes, whatever their share. */
const negligible = 100;

/**
 * Alarms of an HTTP intake: callers were told that something of ours failed, or a great part of them is refused.
 * An HTTP API has no metric of throttled requests: they are among its 4xx answers, as status 429 in the access log.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
 */
export class IntakeMonitoring extends Construct {
  readonly alarms: readonly cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, props: IntakeMonitoringProps) {
    super(scope, id);
    const { intake, alarmTopic, maxRefusedPercent = 20 } = props;
    const sum = { statistic: cloudwatch.Stats.SUM, period };
    this.alarms = [
      new CountAlarm(this, 'ServerErrors', {
        metric: intake.api.metricServerError(),
        means: 'Callers got a 5xx answer.',
        breaks: 'What they sent was not taken; they have to send it again.',
        runbook: 'serverErrors',
      }),
      ...fineAlarms(this, () => [
        new MonitoringAlarm(this, 'Refused', {
          means: `For a quarter of an hour, more than ${maxRefusedPercent} percent of the requests got a 4xx answer: throttled (429), unsigned (403), or in a form that is none (400).`,
          breaks: 'What those callers sent was not taken.',
          runbook: 'apiThrottled',
          metric: new cloudwatch.MathExpression({
            label: 'Percent of requests with a 4xx answer',
            expression: `IF(FILL(refused, 0) > ${negligible}, 100 * refused / requests, 0)`,
            usingMetrics: {
              refused: intake.api.metricClientError(sum),
              requests: intake.api.metricCount(sum),
            },
            period,
          }),
          threshold: maxRefusedPercent,
          comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
          evaluationPeriods: 3,
        }),
      ]),
    ];
    alarmTopic.notifyOfSigns(intake, ...this.alarms);
  }
}
