import type { DurableQueue } from '../../durable-queue.ts';
import { FairQueueMetrics } from '../fair-queue-metrics.ts';
import type { Graph } from './graph.ts';

/**
 * Graphs of a fair queue: how many message groups are noisy, and what there is of messages in all and in
 * quiet groups alone. Where the two lines part, one group waits and the others do not.
 */
export function fairnessGraphs({ node, queue }: DurableQueue): Graph[] {
  const metrics = new FairQueueMetrics(queue);
  const compared = (title: string, name: Parameters<FairQueueMetrics['ofAll']>[0]): Graph => ({
    title: `${node.id}: ${title}`,
    left: [
      metrics.ofAll(name).with({ label: 'all' }),
      metrics.ofQuietGroups(name).with({ label: 'quiet groups' }),
    ],
  });
  return [
    {
      title: `${node.id}: noisy groups (count)`,
      left: [metrics.noisyGroups().with({ label: 'noisy groups' })],
    },
    compared('messages waiting (count)', 'ApproximateNumberOfMessagesVisible'),
    compared('messages in flight (count)', 'ApproximateNumberOfMessagesNotVisible'),
    compared('age of the oldest (s)', 'ApproximateAgeOfOldestMessage'),
  ];
}
