import { parseQueueAddress } from '../queues/queue-address.ts';
import type { Queue } from '../queues/queues.ts';

/** A queue, from the two names that AWS gives it. */
export function queueOf(url: string, arn: string): Queue {
  const { name, region = '' } = parseQueueAddress(arn);
  return { name, url, arn, region, fifo: name.endsWith('.fifo') };
}

export function nameInUrl(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}
