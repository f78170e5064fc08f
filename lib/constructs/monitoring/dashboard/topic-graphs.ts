import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { everyMinute, type Graph } from './graph.ts';

/**
 * A topic: what was published, what was delivered of it, what filters left out, and what failed.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
 */
export function topicGraph(name: string, topic: ITopic): Graph {
  const sum = { ...everyMinute, statistic: cloudwatch.Stats.SUM };
  return {
    title: `${name}: messages a minute (count)`,
    left: [
      topic.metricNumberOfMessagesPublished({ ...sum, label: 'published' }),
      topic.metricNumberOfNotificationsDelivered({ ...sum, label: 'delivered' }),
      topic.metricNumberOfNotificationsFilteredOut({ ...sum, label: 'filtered out' }),
      topic.metricNumberOfNotificationsFailed({ ...sum, label: 'failed' }),
    ],
  };
}
