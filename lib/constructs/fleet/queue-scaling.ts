import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
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

/**
 * What waits while nobody works: 0 as soon as there is a worker, or one is on its way.
 *
 * Without this condition, the steps would go on adding workers for as long as a message waits.
 */
export function waitingForNobody(queue: IQueue, desired: cloudwatch.Metric): cloudwatch.MathExpression {
  return new cloudwatch.MathExpression({
    label: 'Messages waiting while there are no workers',
    expression: 'IF(FILL(desired, 0) > 0, 0, waiting)',
    usingMetrics: { waiting: waitingMessages(queue), desired },
    period: waitingMessages(queue).period,
  });
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

/** Waiting messages divided by workers in service. With no workers there is no value, and no scaling. */
export function backlogPerWorkerQueries(queue: IQueue, inService: cloudwatch.Metric): MetricQuery[] {
  return [
    query('waiting', waitingMessages(queue)),
    query('workers', inService),
    {
      id: 'backlogPerWorker',
      label: 'Waiting messages per worker',
      expression: 'waiting / workers',
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
