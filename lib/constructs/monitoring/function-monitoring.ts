import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { failedRecordsMetric, serviceDimension } from '../../../contracts/metrics.ts';
import type { AlarmTopic } from '../alarm-topic.ts';
import type { MessageFunction } from '../message-function.ts';
import { CountAlarm } from './count-alarm.ts';

export interface FunctionMonitoringProps {
  readonly function: MessageFunction;
  readonly alarmTopic: AlarmTopic;
}

/** Alarms of any function: it crashed or timed out, or Lambda refused to run it. */
export class FunctionMonitoring extends Construct {
  readonly alarms: cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, props: FunctionMonitoringProps) {
    super(scope, id);
    const { function: watched } = props.function;
    this.alarms = [
      new CountAlarm(this, 'Errors', {
        metric: watched.metricErrors(),
        means: 'Invocations crashed or ran out of time.',
        breaks: 'What they were to do is not done: a whole batch comes back, a caller got an error.',
        runbook: 'errors',
      }),
      new CountAlarm(this, 'Throttles', {
        metric: watched.metricThrottles(),
        means:
          "Invocations were refused: the account's concurrency is used up, or the function's is reserved too low.",
        breaks: 'Messages wait longer, and callers get errors.',
        runbook: 'throttled',
      }),
    ];
    props.alarmTopic.notifyOf(...this.alarms);
  }
}

/**
 * Alarms of a queue consumer: those of its function, and records that it could not handle. Lambda's
 * `Errors` does not count those, since an invocation that reports them did not fail.
 */
export class ConsumerMonitoring extends FunctionMonitoring {
  constructor(scope: Construct, id: string, props: FunctionMonitoringProps) {
    super(scope, id, props);
    const failedRecords = new CountAlarm(this, 'FailedRecords', {
      metric: new cloudwatch.Metric({
        namespace: props.function.metricsNamespace,
        metricName: failedRecordsMetric,
        dimensionsMap: { [serviceDimension]: props.function.serviceName },
      }),
      means: 'Records failed. The log names each with its reason.',
      breaks: 'They come back, and go to the DLQ when they fail again and again.',
      runbook: 'failedRecords',
    });
    this.alarms.push(failedRecords);
    props.alarmTopic.notifyOf(failedRecords);
  }
}
