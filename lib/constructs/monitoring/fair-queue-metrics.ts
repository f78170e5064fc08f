import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';

/** What SQS reports of a queue as a whole, and of its quiet message groups alone under the same name and an ending. */
type MeasuredInQuietGroups =
  | 'ApproximateNumberOfMessagesVisible'
  | 'ApproximateNumberOfMessagesNotVisible'
  | 'ApproximateNumberOfMessagesDelayed'
  | 'ApproximateAgeOfOldestMessage';

/**
 * What SQS reports of a standard queue whose messages have message groups. A group is noisy while it holds up
 * the others, and quiet otherwise. Each metric takes the highest value of a minute.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html#fair-queues-cloudwatch-metrics
 */
export class FairQueueMetrics {
  readonly #queue: IQueue;

  constructor(queue: IQueue) {
    this.#queue = queue;
  }

  /** How many groups hold up the others. */
  noisyGroups(): cloudwatch.Metric {
    return this.#metric('ApproximateNumberOfNoisyGroups');
  }

  /** A metric of the queue as a whole. */
  ofAll(name: MeasuredInQuietGroups): cloudwatch.Metric {
    return this.#metric(name);
  }

  /** The same metric without the messages of noisy groups. */
  ofQuietGroups(name: MeasuredInQuietGroups): cloudwatch.Metric {
    return this.#metric(`${name}InQuietGroups`);
  }

  #metric(metricName: string): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: 'AWS/SQS',
      metricName,
      dimensionsMap: { QueueName: this.#queue.queueName },
      statistic: cloudwatch.Stats.MAXIMUM,
      period: Duration.minutes(1),
    });
  }
}
