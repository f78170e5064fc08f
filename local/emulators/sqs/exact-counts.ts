import type { FauxqsQueue } from '../fauxqs.ts';

/**
 * Makes the counts of `GetQueueAttributes` right at the moment of asking.
 *
 * fauxqs looks at visibility timeouts and delays only when somebody receives, so that without a consumer a
 * message would count as in flight for ever.
 */
export function keepCountsExact(queue: FauxqsQueue): void {
  const getAllAttributes = queue.getAllAttributes.bind(queue);
  queue.getAllAttributes = names => {
    queue.processTimers();
    return getAllAttributes(names);
  };
}
