import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Rule } from '../validation.ts';

/** What the number of workers follows from. */
export interface QueueScalingProps {
  /** How long one message takes, on average; measure it. */
  readonly timePerMessage: Duration;

  /** How long a message may wait for a worker, on average; at least {@link timePerMessage}. */
  readonly acceptableLatency: Duration;

  /**
   * Jobs that one worker does at a time, 1 to 200; 1 for a FIFO queue.
   *
   * @default 1
   */
  readonly concurrency?: number;
}

export function queueScalingRules(props: QueueScalingProps): Rule[] {
  const concurrency = props.concurrency ?? 1;
  const perMessage = props.timePerMessage.toMilliseconds();
  const latency = props.acceptableLatency.toMilliseconds();
  return [
    {
      prop: 'concurrency',
      value: concurrency,
      holds: Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= 200,
      allowed: 'a whole number from 1 to 200',
      remedy: 'Jobs that use a whole processor are best done one at a time.',
    },
    {
      prop: 'timePerMessage',
      value: `${perMessage} ms`,
      holds: perMessage > 0,
      allowed: 'more than nothing',
      remedy: 'Measure what a message takes.',
    },
    {
      prop: 'acceptableLatency',
      value: `${latency} ms`,
      holds: latency >= perMessage,
      allowed: `at least timePerMessage, ${perMessage} ms`,
      remedy: 'A message that must not wait at all needs workers that wait for it: raise the minimum.',
    },
  ];
}

/**
 * Messages that may wait for each worker: as many as it gets through within the acceptable latency.
 *
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-using-sqs-queue.html
 */
export function backlogPerWorker(props: QueueScalingProps): number {
  const { timePerMessage, acceptableLatency, concurrency = 1 } = props;
  return (acceptableLatency.toMilliseconds() / timePerMessage.toMilliseconds()) * concurrency;
}

/** So many workers from so many waiting messages on. */
export interface WakeUpStep {
  readonly fromMessages: number;
  readonly workers: number;
}

/**
 * How many workers to begin with, by what waits: the target that is tracked afterwards is a backlog
 * divided by workers, and with none it has no value.
 *
 * Steps of 1, 2, 5, 10, 20 … workers up to the most that there may be, each from where the one before
 * is no longer enough.
 */
export function wakeUpSteps(backlog: number, mostWorkers: number): WakeUpStep[] {
  const sizes: number[] = [];
  for (let decade = 1; decade < mostWorkers; decade *= 10) {
    sizes.push(...[decade, 2 * decade, 5 * decade].filter(size => size < mostWorkers));
  }
  sizes.push(mostWorkers);
  return sizes.map((workers, index) => ({
    fromMessages: index === 0 ? 1 : Math.floor((sizes[index - 1] ?? 0) * backlog) + 1,
    workers,
  }));
}

/** Waiting messages, as every policy and alarm of a fleet reads them. */
export function waitingMessages(queue: IQueue): cloudwatch.Metric {
  return queue.metricApproximateNumberOfMessagesVisible({
    statistic: cloudwatch.Stats.AVERAGE,
    period: Duration.minutes(1),
  });
}

/** Messages that workers have in hand, read alike. */
function messagesInFlight(queue: IQueue): cloudwatch.Metric {
  return queue.metricApproximateNumberOfMessagesNotVisible({
    statistic: cloudwatch.Stats.AVERAGE,
    period: Duration.minutes(1),
  });
}

/** A step scaling action, of EC2 or of Application Auto Scaling. */
export interface WakeUpAction {
  addAdjustment(step: { adjustment: number; lowerBound?: number; upperBound?: number }): void;
}

export interface WakeUpProps extends QueueScalingProps {
  readonly queue: IQueue;
  /** How many workers there should be. */
  readonly desired: cloudwatch.Metric;
  readonly mostWorkers: number;
  /** Adds workers; gets its steps here. */
  readonly action: WakeUpAction;
  readonly alarmAction: cloudwatch.IAlarmAction;
}

/**
 * Starts the first workers when something waits and there are none.
 *
 * The alarm is over as soon as workers are on their way: without this condition, the steps would go on
 * adding workers for as long as a message waits.
 */
export class WakeUpAlarm extends cloudwatch.Alarm {
  constructor(scope: Construct, id: string, props: WakeUpProps) {
    const waiting = waitingMessages(props.queue);
    const threshold = 1;
    super(scope, id, {
      alarmDescription: 'Messages wait and there are no workers. Nothing is wrong: the first are started.',
      metric: new cloudwatch.MathExpression({
        label: 'Messages waiting while there are no workers',
        expression: 'IF(FILL(desired, 0) > 0, 0, waiting)',
        usingMetrics: { waiting, desired: props.desired },
        period: waiting.period,
      }),
      threshold,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    const steps = wakeUpSteps(backlogPerWorker(props), props.mostWorkers);
    for (const [index, { fromMessages, workers }] of steps.entries()) {
      const next = steps[index + 1];
      // Bounds are counted from the alarm's threshold.
      props.action.addAdjustment({
        adjustment: workers,
        lowerBound: fromMessages - threshold,
        ...(next && { upperBound: next.fromMessages - threshold }),
      });
    }
    this.addAlarmAction(props.alarmAction);
  }
}

/** A query of a target tracking policy, as EC2 and Application Auto Scaling both take it. */
export interface MetricQuery {
  readonly id: string;
  readonly label?: string;
  readonly expression?: string;
  readonly metricStat?: {
    readonly metric: {
      readonly namespace: string;
      readonly metricName: string;
      readonly dimensions: { readonly name: string; readonly value: string }[];
    };
    readonly stat: string;
  };
  readonly returnData: boolean;
}

/**
 * How near to the target a fleet counts whose workers are all busy while nothing waits: close enough
 * that none of them goes, and never enough to start another.
 */
const busyShare = 0.95;

/**
 * What waits for each worker, or, if that is more, how busy the workers are.
 *
 * Waiting messages alone say nothing of those that are worked on: a fleet that keeps up with its queue has
 * none waiting, would be scaled in while every worker is busy, and start over when a backlog has grown.
 * With no workers there is no value, and no scaling: {@link WakeUpAlarm} starts the first.
 */
export function backlogPerWorkerQueries(
  queue: IQueue,
  inService: cloudwatch.Metric,
  props: QueueScalingProps,
): MetricQuery[] {
  const { concurrency = 1 } = props;
  const target = backlogPerWorker(props);
  return [
    query('waiting', waitingMessages(queue)),
    query('busy', messagesInFlight(queue)),
    query('workers', inService),
    { id: 'queued', expression: 'waiting / workers', returnData: false },
    { id: 'occupied', expression: `busy / (workers * ${concurrency})`, returnData: false },
    {
      id: 'held',
      expression: `${busyShare * target} * IF(occupied > 1, 1, occupied)`,
      returnData: false,
    },
    {
      id: 'backlogPerWorker',
      label: 'Waiting messages per worker, or their share of work',
      expression: 'MAX([queued, held])',
      returnData: true,
    },
  ];
}

function query(id: string, metric: cloudwatch.Metric): MetricQuery {
  return {
    id,
    metricStat: {
      metric: {
        namespace: metric.namespace,
        metricName: metric.metricName,
        dimensions: Object.entries(metric.dimensions ?? {}).map(([name, value]) => ({
          name,
          value: String(value),
        })),
      },
      stat: metric.statistic,
    },
    returnData: false,
  };
}
