import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { serviceDimension } from '../../../contracts/metrics.ts';
import { redriverMetrics } from '../../../contracts/redriver.ts';
import type { AlarmTopic } from '../alarm-topic.ts';
import { Redriver } from '../redriver.ts';
import { FunctionMonitoring } from './function-monitoring.ts';
import { MonitoringAlarm } from './monitoring-alarm.ts';

export interface RedriverMonitoringProps {
  readonly redriver: Redriver;
  readonly alarmTopic: AlarmTopic;
}

/** Alarms of a redriver: those of its function, and that it stopped, which it says at each run until it is reset. */
export class RedriverMonitoring extends FunctionMonitoring {
  constructor(scope: Construct, id: string, { redriver, alarmTopic }: RedriverMonitoringProps) {
    super(scope, id, { function: redriver.function, alarmTopic });
    const stopped = new MonitoringAlarm(this, 'Stopped', {
      means: 'A redrive stopped itself: half or more of what it moved came back to the DLQ.',
      breaks: 'Nothing is lost: messages wait in the DLQ, and are not moved until the redrive is reset.',
      runbook: 'redriverStopped',
      metric: new cloudwatch.Metric({
        namespace: redriver.function.metricsNamespace,
        metricName: redriverMetrics.stopped,
        dimensionsMap: { [serviceDimension]: redriver.function.serviceName },
        statistic: cloudwatch.Stats.MAXIMUM,
        // Two runs: the one may be a little later than the other.
        period: Duration.minutes(2 * Redriver.every.toMinutes()),
      }),
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
    });
    this.alarms.push(stopped);
    alarmTopic.notifyOf(stopped);
  }
}
