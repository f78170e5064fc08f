import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { MonitoringAlarm } from '../monitoring-alarm.ts';

/**
 * Lines at the thresholds of the alarms that watch one of the metrics; none of those that go off at the first
 * of a kind, where the line would lie on the axis.
 */
export function alarmLines(
  metrics: readonly cloudwatch.IMetric[],
  alarms: readonly cloudwatch.AlarmBase[],
): cloudwatch.HorizontalAnnotation[] {
  const shown = new Set(metrics.map(identityOf));
  return alarms
    .filter(alarm => alarm instanceof cloudwatch.Alarm)
    .filter(alarm => !(alarm instanceof MonitoringAlarm) || alarm.isDrawn)
    .filter(({ metric }) => metric.toMetricConfig().metricStat && shown.has(identityOf(metric)))
    .map(alarm => ({ ...alarm.toAnnotation(), color: cloudwatch.Color.RED }))
    .filter(({ value }) => value > 1);
}

/** What makes two metrics the same, whatever is read of them. */
function identityOf(metric: cloudwatch.IMetric): string {
  const { metricStat } = metric.toMetricConfig();
  return JSON.stringify([metricStat?.namespace, metricStat?.metricName, metricStat?.dimensions]);
}
