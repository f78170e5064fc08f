import type { QueueStore } from './emulators/message-store.ts';
import { deadLetterSources, deadLetterTarget } from './emulators/sqs/dead-letter-sources.ts';

/** How full a queue is, exactly, at one moment. */
export interface QueueReading {
  readonly name: string;
  readonly url: string;
  readonly arn: string;
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  /** ARN of its dead-letter queue. */
  readonly deadLetterQueueArn: string | undefined;
  /** ARNs of the queues whose dead-letter queue it is. */
  readonly deadLetterSourceArns: readonly string[];
}

export function readQueues(queues: QueueStore): readonly QueueReading[] {
  return [...queues.allQueues()].map(queue => {
    queue.processTimers();
    const { ready, inflight, delayed } = queue.inspectMessages();
    return {
      name: queue.name,
      url: queue.url,
      arn: queue.arn,
      visible: ready.length,
      inFlight: inflight.length,
      delayed: delayed.length,
      deadLetterQueueArn: deadLetterTarget(queue),
      deadLetterSourceArns: deadLetterSources(queues, queue).map(source => source.arn),
    };
  });
}
