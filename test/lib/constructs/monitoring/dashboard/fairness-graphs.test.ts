import { DurableQueue } from '../../../../../lib/constructs/durable-queue.ts';
import { fairnessGraphs } from '../../../../../lib/constructs/monitoring/dashboard/fairness-graphs.ts';
import { testStack } from '../../../../support/stack-template.ts';

it('shows how many groups are noisy, and what waits, is in flight and is oldest in all and in quiet ones', () => {
  const graphs = fairnessGraphs(new DurableQueue(testStack(), 'Payment'));

  const compared = (name: string) => [name, `${name}InQuietGroups`];
  expect(
    graphs.map(({ title, left }) => ({
      title,
      metrics: left.map(metric => metric.toMetricConfig().metricStat?.metricName),
    })),
  ).toEqual([
    { title: 'Payment: noisy groups (count)', metrics: ['ApproximateNumberOfNoisyGroups'] },
    {
      title: 'Payment: messages waiting (count)',
      metrics: compared('ApproximateNumberOfMessagesVisible'),
    },
    {
      title: 'Payment: messages in flight (count)',
      metrics: compared('ApproximateNumberOfMessagesNotVisible'),
    },
    { title: 'Payment: age of the oldest (s)', metrics: compared('ApproximateAgeOfOldestMessage') },
  ]);
});
