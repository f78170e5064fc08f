import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { AlarmTopic } from '../alarm-topic.ts';
import type { HttpIntake } from '../http-intake.ts';
import type { WebService } from '../web-service.ts';
import { MonitoringAlarm } from './monitoring-alarm.ts';

export interface WebMonitoringProps {
  readonly intake: HttpIntake;
  readonly service: WebService;
  readonly alarmTopic: AlarmTopic;

  /**
   * Share of requests that may be answered with an error of ours or no answer in time, in percent.
   *
   * @default 5
   */
  readonly maxErrorPercent?: number;
}

const period = Duration.minutes(5);

/**
 * Alarms of application servers: too many requests fail, whatever it is that fails on their way, or there
 * are fewer healthy servers than there should be.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
export class WebMonitoring extends Construct {
  readonly alarms: readonly cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, props: WebMonitoringProps) {
    super(scope, id);
    const { intake, service } = props;
    const maxErrorPercent = props.maxErrorPercent ?? 5;
    const comparisonOperator = cloudwatch.ComparisonOperator;
    this.alarms = [
      new MonitoringAlarm(this, 'Errors', {
        means: `For ten minutes, more than ${maxErrorPercent} percent of the requests got a 5xx answer.`,
        breaks: 'Callers are not served.',
        runbook: 'serverErrors',
        metric: new cloudwatch.MathExpression({
          label: 'Percent of requests with a 5xx answer',
          expression: 'IF(requests > 0, 100 * errors / requests, 0)',
          usingMetrics: {
            errors: intake.api.metricServerError({ statistic: cloudwatch.Stats.SUM, period }),
            requests: intake.api.metricCount({ statistic: cloudwatch.Stats.SUM, period }),
          },
          period,
        }),
        threshold: maxErrorPercent,
        comparisonOperator: comparisonOperator.GREATER_THAN_THRESHOLD,
        evaluationPeriods: 2,
      }),
      new MonitoringAlarm(this, 'TooFewServers', {
        means: `For ten minutes there were fewer than ${service.minTasks} healthy servers.`,
        breaks: 'Callers wait longer, or are not served at all.',
        runbook: 'tooFewServers',
        metric: service.targets.metrics.healthyHostCount({
          statistic: cloudwatch.Stats.MAXIMUM,
          period,
        }),
        threshold: service.minTasks,
        comparisonOperator: comparisonOperator.LESS_THAN_THRESHOLD,
        evaluationPeriods: 2,
        // With no server at all, the load balancer has nothing to count.
        treatMissingData: cloudwatch.TreatMissingData.BREACHING,
      }),
    ];
    props.alarmTopic.notifyOf(...this.alarms);
  }
}
