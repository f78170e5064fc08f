import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { failedRecordsMetrics, serviceDimension } from '../../../contracts/metrics.ts';
import type { AlarmTopic } from '../alarm-topic.ts';
import type { MessageFunction } from '../message-function.ts';
import { QueueConsumer } from '../queue-consumer.ts';
import { CountAlarm } from './count-alarm.ts';
import { MonitoringAlarm } from './monitoring-alarm.ts';
import { fineAlarms } from './monitoring-context.ts';

export interface FunctionMonitoringProps {
  readonly function: MessageFunction;
  readonly alarmTopic: AlarmTopic;
}

const period = Duration.minutes(5);

/** Share of its timeout that a function may take before somebody should look, in percent. */
const maxTimeoutPercent = 80;

/**
 * Alarms of any function: it crashed or timed out, Lambda refused to run it, or it takes nearly as long as it
 * may. They are signs of what is wrong with its queue or API.
 */
export class FunctionMonitoring extends Construct {
  readonly alarms: cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, props: FunctionMonitoringProps) {
    super(scope, id);
    const { function: watched, timeout } = props.function;
    this.alarms = [
      new CountAlarm(this, 'Errors', {
        metric: watched.metricErrors(),
        means: 'Invocations crashed or ran out of time.',
        breaks: 'What they were to do is not done: a whole batch comes back, a caller got an error.',
        runbook: 'errors',
      }),
      ...fineAlarms(this, () => [
        new CountAlarm(this, 'Throttles', {
          metric: watched.metricThrottles(),
          means:
            "Invocations were refused: the account's concurrency is used up, or the function's is reserved too low.",
          breaks: 'Messages wait longer, and callers get errors.',
          runbook: 'throttled',
        }),
        new MonitoringAlarm(this, 'Duration', {
          means: `For a quarter of an hour, the slowest invocations took ${maxTimeoutPercent} percent or more of the ${timeout.toHumanString()} that they may.`,
          breaks: 'Nothing yet. Those that take longer are stopped, and what they were to do is not done.',
          runbook: 'duration',
          metric: watched.metricDuration({ statistic: 'p99', period }),
          threshold: (timeout.toMilliseconds() * maxTimeoutPercent) / 100,
          comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
          evaluationPeriods: 3,
          isDrawn: false,
        }),
      ]),
    ];
    props.alarmTopic.notifyOfSigns(props.function.trigger, ...this.alarms);
  }
}

/**
 * Alarms of a queue consumer, or of another function that takes messages: those of its function, and records that
 * it could not handle. Lambda's `Errors` does not count those, since an invocation that reports them did not fail.
 *
 * A record that can never succeed, or that failed as nobody foresaw, is told of at once. One that a later try may
 * mend is not, unless such failures go on for minutes: a message that comes back every 90 seconds has then
 * failed three times of the five that it is given. Records that were left behind a failed one of their group
 * (`RecordsLeftBehind`) did not fail: the one before them is told of. All of these are fine alarms: where a stage
 * has the essential ones, the DLQ tells of it in the end.
 */
export class ConsumerMonitoring extends FunctionMonitoring {
  constructor(scope: Construct, id: string, props: FunctionMonitoringProps) {
    super(scope, id, props);
    const { function: consumer, alarmTopic } = props;
    const alarms = fineAlarms(this, () => [
      new CountAlarm(this, 'FailedRecordsPermanent', {
        metric: recordsOf(consumer, failedRecordsMetrics.permanent),
        means: 'Records failed that no retry mends. The log names each with its reason.',
        breaks: 'What they ask for is not done. They come back, and go to the DLQ.',
        runbook: 'failedRecords',
      }),
      new CountAlarm(this, 'FailedRecordsUnexpected', {
        metric: recordsOf(consumer, failedRecordsMetrics.unexpected),
        means: 'Records failed as nobody foresaw. The log names each with its reason.',
        breaks: 'What they ask for is not done. They come back, and go to the DLQ if they fail each time.',
        runbook: 'failedRecords',
      }),
      this.#failedRecordsPassing(consumer),
      ...(consumer instanceof QueueConsumer ? [this.#concurrency(consumer)] : []),
    ]);
    this.alarms.push(...alarms);
    alarmTopic.notifyOfSigns(consumer.trigger, ...alarms);
  }

  #failedRecordsPassing(consumer: MessageFunction): cloudwatch.Alarm {
    return new MonitoringAlarm(this, 'FailedRecordsPassing', {
      means:
        'In three of seven minutes, records failed on what a later try may mend: something they need is down.',
      breaks: 'They come back, and go to the DLQ if it stays down.',
      runbook: 'failedRecords',
      metric: recordsOf(consumer, failedRecordsMetrics.passing).with({ period: Duration.minutes(1) }),
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // One message that comes back every 90 seconds fails four times in seven minutes: it keeps the alarm on.
      evaluationPeriods: 7,
      datapointsToAlarm: 3,
    });
  }

  /** Messages wait, and the mapping lets no more of the function run. */
  #concurrency({ function: watched, queue: { queue }, maxConcurrency }: QueueConsumer): cloudwatch.Alarm {
    return new MonitoringAlarm(this, 'Concurrency', {
      means: `For a quarter of an hour, the function ran ${maxConcurrency} times at once, as often as its queue may make it, and messages still wait.`,
      breaks: 'What messages ask for is late. Nothing is lost.',
      runbook: 'concurrency',
      metric: new cloudwatch.MathExpression({
        label: 'Messages waiting at the most concurrency',
        expression: `IF(FILL(running, 0) >= ${maxConcurrency}, waiting, 0)`,
        usingMetrics: {
          running: watched.metric('ConcurrentExecutions', { statistic: cloudwatch.Stats.MAXIMUM }),
          waiting: queue.metricApproximateNumberOfMessagesVisible({ statistic: cloudwatch.Stats.MINIMUM }),
        },
        period,
      }),
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 3,
    });
  }
}

function recordsOf(
  { metricsNamespace, serviceName }: MessageFunction,
  metricName: string,
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: metricsNamespace,
    metricName,
    dimensionsMap: { [serviceDimension]: serviceName },
    statistic: cloudwatch.Stats.SUM,
  });
}
