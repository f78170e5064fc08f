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
        description: 'Invocations crashed or ran out of time, whole batches with them. See the function log.',
      }),
      new CountAlarm(this, 'Throttles', {
        metric: watched.metricThrottles(),
        description:
          "Invocations were refused: the account's concurrency is used up, or the function's is reserved too low.",
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
      description: 'Records failed and will come back, or go to the DLQ. The log names order and reason.',
    });
    this.alarms.push(failedRecords);
    props.alarmTopic.notifyOf(failedRecords);
  }
}
