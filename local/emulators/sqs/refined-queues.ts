import { AwsError } from '../aws-error.ts';
import type { FauxqsQueueStore } from '../fauxqs.ts';
import { recordDeadLetterSource } from './dead-letter-sources.ts';
import { deduplicateWithinGroups } from './deduplication-scope.ts';
import { keepCountsExact } from './exact-counts.ts';
import { deliverGroupsFairly } from './fair-groups.ts';
import { deliverGroupsInBatches } from './fifo-batches.ts';

/**
 * Corrects every queue, as it is made, where fauxqs differs from SQS.
 *
 * @throws AwsError on a second queue of a name, in whatever region: a queue URL of the local cloud names no region.
 */
export function refineQueues(queues: FauxqsQueueStore): void {
  const createQueue = queues.createQueue.bind(queues);
  queues.createQueue = (name, url, arn, attributes, tags) => {
    const namesake = queues.getQueueByName(name);
    if (namesake !== undefined) {
      throw new AwsError(
        'QueueNameExists',
        `There is a queue ${name} already (${namesake.arn}). The local cloud tells queues apart by name in all regions together.`,
      );
    }
    const queue = createQueue(name, url, arn, attributes, tags);
    keepCountsExact(queue);
    deduplicateWithinGroups(queue);
    deliverGroupsInBatches(queue);
    deliverGroupsFairly(queue);
    recordDeadLetterSource(queue);
    return queue;
  };
}
