import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { DurableQueue } from '../durable-queue.ts';
import { FairQueueMetrics } from './fair-queue-metrics.ts';

export interface FairQueueDashboardProps {
  /** Queues whose messages have message groups; a row of graphs each. */
  readonly queues: readonly DurableQueue[];
}

/** Graphs across a row: CloudWatch has 24 columns. */
const width = 6;

/**
 * Dashboard of fair queues: for each, how many message groups are noisy, and what there is of messages in all
 * and in quiet groups alone. Where the two lines part, one group waits and the others do not.
 */
export class FairQueueDashboard extends Construct {
  readonly dashboard: cloudwatch.Dashboard;

  constructor(scope: Construct, id: string, props: FairQueueDashboardProps) {
    super(scope, id);
    this.dashboard = new cloudwatch.Dashboard(this, 'Dashboard', {
      widgets: props.queues.map(queue => graphsOf(queue)),
    });
  }
}

function graphsOf({ node, queue }: DurableQueue): cloudwatch.IWidget[] {
  const metrics = new FairQueueMetrics(queue);
  const compared = (title: string, name: Parameters<FairQueueMetrics['ofAll']>[0]) =>
    new cloudwatch.GraphWidget({
      title: `${node.id}: ${title}`,
      left: [
        metrics.ofAll(name).with({ label: 'all' }),
        metrics.ofQuietGroups(name).with({ label: 'quiet groups' }),
      ],
      leftYAxis: { min: 0 },
      width,
    });
  return [
    new cloudwatch.GraphWidget({
      title: `${node.id}: noisy groups`,
      left: [metrics.noisyGroups().with({ label: 'noisy groups' })],
      leftYAxis: { min: 0 },
      width,
    }),
    compared('messages waiting', 'ApproximateNumberOfMessagesVisible'),
    compared('messages in flight', 'ApproximateNumberOfMessagesNotVisible'),
    compared('age of the oldest, s', 'ApproximateAgeOfOldestMessage'),
  ];
}
