import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { AlarmTopic } from '../alarm-topic.ts';
import type { DangerousCalls } from '../audit/dangerous-calls.ts';
import { CountAlarm } from './count-alarm.ts';
import { MonitoringAlarm } from './monitoring-alarm.ts';
import { fineAlarms } from './monitoring-context.ts';

export interface AuditMonitoringProps {
  /** Log that a trail writes calls to that change something. */
  readonly logGroup: logs.ILogGroup;
  readonly calls: readonly DangerousCalls[];
  readonly alarmTopic: AlarmTopic;
}

/** Namespace of the metrics that count dangerous calls. */
export const auditNamespace = 'Audit';

/**
 * Alarms of calls that a person should hear of, each counted in the log of a trail; and of a log that nothing
 * comes into any more.
 */
export class AuditMonitoring extends Construct {
  readonly alarms: readonly cloudwatch.Alarm[];
  /** Counts of each kind of calls. */
  readonly counts: readonly cloudwatch.Metric[];
  /** Counts all that comes into the log. */
  readonly recorded: cloudwatch.Metric;

  constructor(scope: Construct, id: string, { logGroup, calls, alarmTopic }: AuditMonitoringProps) {
    super(scope, id);
    const counted = calls.map(({ name, pattern, text }) => {
      const filter = new logs.MetricFilter(this, `${name}Calls`, {
        logGroup,
        filterPattern: logs.FilterPattern.literal(pattern),
        metricNamespace: auditNamespace,
        metricName: name,
        metricValue: '1',
      });
      return { name, text, metric: filter.metric() };
    });
    this.counts = counted.map(({ name, metric }) => metric.with({ label: name }));
    this.recorded = new cloudwatch.Metric({
      namespace: 'AWS/Logs',
      metricName: 'IncomingLogEvents',
      dimensionsMap: { LogGroupName: logGroup.logGroupName },
    });
    this.alarms = [
      ...counted.map(({ name, text, metric }) => new CountAlarm(this, name, { metric, ...text })),
      ...fineAlarms(this, () => [
        new MonitoringAlarm(this, 'Silent', {
          means: 'For a day, no call that changes something was recorded, in no region.',
          breaks: 'The trail is stopped, or may not write: dangerous calls are neither kept nor told of.',
          runbook: 'trailSilent',
          metric: this.recorded.with({ statistic: cloudwatch.Stats.SUM, period: Duration.days(1) }),
          threshold: 1,
          comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
          evaluationPeriods: 1,
          treatMissingData: cloudwatch.TreatMissingData.BREACHING,
          isDrawn: false,
        }),
      ]),
    ];
    alarmTopic.notifyOf(...this.alarms);
  }
}
