import { AwsError } from '../aws-error.ts';
import type { FauxqsQueue } from '../fauxqs.ts';
import type { QueueStore, StoredQueue } from '../message-store.ts';
import type { WireAction } from '../wire-protocol.ts';

/** The queues whose redrive policy names this one as their dead-letter queue. */
export function deadLetterSources(queues: QueueStore, queue: StoredQueue): readonly StoredQueue[] {
  return [...queues.allQueues()].filter(source => deadLetterTarget(source) === queue.arn);
}

/** ARN of a queue's dead-letter queue. */
export function deadLetterTarget(queue: StoredQueue): string | undefined {
  const policy = queue.attributes.RedrivePolicy;
  if (!policy) {
    return undefined;
  }
  const { deadLetterTargetArn } = JSON.parse(policy) as { deadLetterTargetArn?: string };
  return deadLetterTargetArn;
}

/** Notes on each dead-lettered message which queue it came from, as a redrive without a destination needs. */
export function recordDeadLetterSource(queue: FauxqsQueue): void {
  const dequeue = queue.dequeue.bind(queue);
  queue.dequeue = (maxCount, visibilityTimeout, deadLetterQueue) =>
    dequeue(maxCount, visibilityTimeout, arn => {
      const target = deadLetterQueue?.(arn);
      return (
        target && {
          enqueue: message => {
            message.deadLetterSourceArn = queue.arn;
            target.enqueue(message);
          },
        }
      );
    });
}

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListDeadLetterSourceQueues.html */
export function listDeadLetterSourceQueues(queues: QueueStore): WireAction {
  return ({ parameters }) => {
    const queue = queues.getQueue(String(parameters.QueueUrl ?? ''));
    if (queue === undefined) {
      throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
    }
    return { queueUrls: deadLetterSources(queues, queue).map(source => source.url) };
  };
}
