import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { everyMinute, type Graph } from './graph.ts';

const most = { ...everyMinute, statistic: cloudwatch.Stats.MAXIMUM };

/**
 * A queue: messages that wait and that consumers have in hand, and the age of the oldest.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
export function queueGraph(name: string, queue: IQueue): Graph {
  return {
    title: `${name}: messages (count), age of the oldest (s)`,
    left: [
      queue.metricApproximateNumberOfMessagesVisible({ ...most, label: 'waiting' }),
      queue.metricApproximateNumberOfMessagesNotVisible({ ...most, label: 'in flight' }),
      queue.metricApproximateNumberOfMessagesDelayed({ ...most, label: 'delayed' }),
    ],
    right: [queue.metricApproximateAgeOfOldestMessage({ ...most, label: 'age of the oldest' })],
  };
}

/** DLQs side by side: each should be at zero. */
export function deadLetterGraph(queues: readonly IQueue[]): Graph {
  return {
    title: 'DLQs: messages (count)',
    left: queues.map(queue =>
      queue.metricApproximateNumberOfMessagesVisible({ ...most, label: placeOf(queue) }),
    ),
  };
}

/** `Payment/Dlq`: where a queue is in its stack. */
export function placeOf({ node, stack }: IQueue): string {
  return node.path.slice(stack.node.path.length + 1);
}
