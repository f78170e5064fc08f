import { inParallel } from './in-parallel.ts';
import { parseQueueAddress } from './queue-address.ts';
import type { QueueAdministration } from './queue-administration.ts';
import type { DeadLetteringSubscription } from './subscriptions.ts';

/** A DLQ of a region, and whose it is. */
export interface DeadLetterQueueListing {
  readonly name: string;
  readonly arn: string;
  readonly visible: number;
  readonly inFlight: number;
  /** Names of the queues whose failed messages come here. */
  readonly queues: readonly string[];
  /** Subscriptions whose undeliverable messages come here, as `queue or endpoint of topic`. */
  readonly subscriptions: readonly string[];
}

/** What a queue is called that serves as a DLQ of something that neither queues nor topics tell of. */
const namedLikeOne = /(^|[-_])(dlq|dead-?letters?)([-_]|\.fifo$|$)/i;

/** Lists the DLQs of a region: those that a queue or a subscription names, and those that are called so. */
export async function deadLetterQueues(
  administration: QueueAdministration,
  subscriptions: readonly DeadLetteringSubscription[],
): Promise<readonly DeadLetterQueueListing[]> {
  const listed = await administration.list();
  const described = await inParallel(listed, async queue => ({
    name: queue.name,
    attributes: await administration.attributes(queue),
  }));
  const sources = Map.groupBy(described, ({ attributes }) => targetOf(attributes.RedrivePolicy));
  const undelivered = Map.groupBy(subscriptions, ({ deadLetterQueueArn }) => deadLetterQueueArn);
  return described
    .map(({ name, attributes }) => {
      const arn = attributes.QueueArn ?? '';
      return {
        name,
        arn,
        visible: Number(attributes.ApproximateNumberOfMessages ?? 0),
        inFlight: Number(attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
        queues: (sources.get(arn) ?? []).map(source => source.name),
        subscriptions: (undelivered.get(arn) ?? []).map(subscriptionText),
      };
    })
    .filter(dlq => dlq.queues.length + dlq.subscriptions.length > 0 || namedLikeOne.test(dlq.name));
}

function targetOf(redrivePolicy: string | undefined): string {
  return redrivePolicy
    ? ((JSON.parse(redrivePolicy) as { deadLetterTargetArn?: string }).deadLetterTargetArn ?? '')
    : '';
}

function subscriptionText({ endpoint, topicArn, protocol }: DeadLetteringSubscription): string {
  const subscriber = protocol === 'sqs' ? parseQueueAddress(endpoint).name : endpoint;
  return `${subscriber} to ${topicArn.slice(topicArn.lastIndexOf(':') + 1)}`;
}
