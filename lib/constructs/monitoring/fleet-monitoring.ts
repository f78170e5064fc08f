import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { serviceDimension } from '../../../contracts/metrics.ts';
import { workerMetrics } from '../../../contracts/worker.ts';
import type { AlarmTopic } from '../alarm-topic.ts';
import type { WorkerTier } from '../fleet/worker-tier.ts';
import { validateProps } from '../validation.ts';
import { CountAlarm } from './count-alarm.ts';
import { MonitoringAlarm } from './monitoring-alarm.ts';
import { fineAlarms } from './monitoring-context.ts';
import type { AlarmText } from './runbook.ts';

export interface FleetMonitoringProps {
  readonly tier: WorkerTier;
  readonly alarmTopic: AlarmTopic;

  /**
   * How long workers may work and messages wait without one message being finished; at least the tier's
   * job timeout, in steps of five minutes.
   *
   * @default - the job timeout and ten minutes, rounded up
   */
  readonly noProgressAfter?: Duration;
}

const period = Duration.minutes(5);

/** Longest that an alarm looks back over periods that are shorter than an hour. */
const longestLookBack = Duration.days(1);

/**
 * Alarms of a tier of workers: it makes no progress, workers do not come up, there are as many as there may
 * be and messages still wait, jobs failed or were lost to another worker. What its queue's alarms tell, and
 * those of its DLQ, is `QueueMonitoring`'s.
 *
 * @throws PropsError when {@link FleetMonitoringProps.noProgressAfter} is shorter than one job may take, or
 * longer than a day.
 */
export class FleetMonitoring extends Construct {
  readonly alarms: readonly cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, props: FleetMonitoringProps) {
    const { tier } = props;
    const jobTimeout = tier.jobTimeout.toSeconds();
    const noProgressAfter = (props.noProgressAfter ?? Duration.seconds(jobTimeout + 600)).toSeconds();
    validateProps(scope, id, [
      {
        prop: 'noProgressAfter',
        value: `${noProgressAfter} s`,
        holds: noProgressAfter >= jobTimeout,
        allowed: `the tier's jobTimeout, ${jobTimeout} s, or more`,
        remedy: 'A single long job would look like no progress.',
      },
      {
        prop: 'noProgressAfter',
        value: `${noProgressAfter} s`,
        holds: noProgressAfter <= longestLookBack.toSeconds(),
        allowed: `${longestLookBack.toSeconds()} s or less`,
        remedy: 'CloudWatch looks no further back where periods are shorter than an hour.',
      },
    ]);
    super(scope, id);
    this.alarms = [
      this.#noProgress(tier, Math.ceil(noProgressAfter / period.toSeconds())),
      this.#notComingUp(tier),
      ...fineAlarms(this, () => [
        this.#saturated(tier),
        this.#counted(tier, 'FailedJobs', workerMetrics.jobsFailed, {
          means: 'Jobs failed. The log names job and reason.',
          breaks: 'Their messages come back, and go to the DLQ when they fail again and again.',
          runbook: 'failedJobs',
        }),
        this.#counted(tier, 'LostJobs', workerMetrics.jobsLost, {
          means:
            'Messages showed up again while they were worked on: heartbeats fail, or the workers have no processor time left for them.',
          breaks: 'Jobs are done twice, and a message may reach the DLQ though its job was done.',
          runbook: 'lostJobs',
        }),
      ]),
    ];
    props.alarmTopic.notifyOfSigns(tier.queue, ...this.alarms);
  }

  /** Old messages and workers, but nothing is ever finished: the workers hang, or fail every job. */
  #noProgress(tier: WorkerTier, periods: number): cloudwatch.Alarm {
    const { queue } = tier.queue;
    return new MonitoringAlarm(this, 'NoProgress', {
      means: `Messages wait, workers run, and not one message was finished in ${periods * period.toMinutes()} minutes.`,
      breaks: 'No job is done: the workers hang, or fail every one. Nothing is lost yet.',
      runbook: 'noProgress',
      metric: new cloudwatch.MathExpression({
        label: 'Messages waiting, workers running, nothing finished',
        expression: 'IF(age > 0 AND FILL(workers, 0) > 0 AND FILL(finished, 0) == 0, 1, 0)',
        usingMetrics: {
          age: queue.metricApproximateAgeOfOldestMessage({ statistic: cloudwatch.Stats.MAXIMUM }),
          // The fewest: a worker that came only now cannot have finished anything.
          workers: tier.workersInService.with({ statistic: cloudwatch.Stats.MINIMUM, period }),
          finished: queue.metricNumberOfMessagesDeleted({ statistic: cloudwatch.Stats.SUM }),
        },
        period,
      }),
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: periods,
    });
  }

  /** Workers were asked for and do not get into service: no capacity, a boot that fails, a bad bundle. */
  #notComingUp(tier: WorkerTier): cloudwatch.Alarm {
    return new MonitoringAlarm(this, 'NotComingUp', {
      means: 'For half an hour there were fewer workers than there should be: they do not come up.',
      breaks: 'Jobs are late, or are not done at all. Nothing is lost.',
      runbook: 'workersNotComingUp',
      metric: new cloudwatch.MathExpression({
        label: 'Workers missing',
        expression: 'FILL(desired, 0) - FILL(workers, 0)',
        usingMetrics: {
          desired: tier.desiredWorkers.with({ statistic: cloudwatch.Stats.MINIMUM, period }),
          workers: tier.workersInService.with({ statistic: cloudwatch.Stats.MAXIMUM, period }),
        },
        period,
      }),
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 6,
    });
  }

  /** Scaling has come to its end. */
  #saturated(tier: WorkerTier): cloudwatch.Alarm {
    const { queue } = tier.queue;
    return new MonitoringAlarm(this, 'Saturated', {
      means: `All ${tier.maxWorkers} workers that there may be work for an hour, and messages still wait: more arrive than they can do.`,
      breaks: 'Jobs are late, and later every minute. Nothing is lost.',
      runbook: 'workersSaturated',
      metric: new cloudwatch.MathExpression({
        label: 'Messages waiting at the most workers',
        expression: `IF(FILL(desired, 0) >= ${tier.maxWorkers}, waiting, 0)`,
        usingMetrics: {
          desired: tier.desiredWorkers.with({ statistic: cloudwatch.Stats.MINIMUM, period }),
          waiting: queue.metricApproximateNumberOfMessagesVisible({ statistic: cloudwatch.Stats.MINIMUM }),
        },
        period,
      }),
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 12,
    });
  }

  #counted(tier: WorkerTier, id: string, metricName: string, text: AlarmText): cloudwatch.Alarm {
    return new CountAlarm(this, id, {
      metric: new cloudwatch.Metric({
        namespace: tier.metricsNamespace,
        metricName,
        dimensionsMap: { [serviceDimension]: tier.serviceName },
      }),
      ...text,
    });
  }
}
