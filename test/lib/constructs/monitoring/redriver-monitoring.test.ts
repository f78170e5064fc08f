import { AlarmTopic } from '../../../../lib/constructs/alarm-topic.ts';
import { DurableQueue } from '../../../../lib/constructs/durable-queue.ts';
import { RedriverMonitoring } from '../../../../lib/constructs/monitoring/redriver-monitoring.ts';
import { Redriver } from '../../../../lib/constructs/redriver.ts';
import { resourceOf, testStack } from '../../../support/stack-template.ts';

function makeMonitoring() {
  const stack = testStack();
  const queue = new DurableQueue(stack, 'Jobs');
  const redriver = new Redriver(stack, 'Redriver', {
    queues: [{ queue }],
    mode: 'manual',
    logLevel: 'INFO',
    metricsNamespace: 'Jobs',
  });
  const alarmTopic = new AlarmTopic(stack, 'Alarms');
  const monitoring = new RedriverMonitoring(stack, 'RedriverMonitoring', { redriver, alarmTopic });
  return { monitoring, alarmTopic };
}

it('goes off while a redrive is stopped, as long as two runs say so, and names its runbook', () => {
  const { monitoring } = makeMonitoring();
  const stopped = monitoring.alarms.find(({ node }) => node.id === 'Stopped');
  expect(stopped && resourceOf(stopped).Properties).toMatchObject({
    Namespace: 'Jobs',
    MetricName: 'RedrivesStopped',
    Dimensions: [{ Name: 'service', Value: 'redriver' }],
    Statistic: 'Maximum',
    Period: 600,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    EvaluationPeriods: 1,
    TreatMissingData: 'notBreaching',
    AlarmDescription: expect.stringMatching(/Runbook: docs\/runbooks\/redrive\.md#the-redriver-stopped$/),
  });
});

it('has the alarms of every function, and tells a topic of all', () => {
  const { monitoring, alarmTopic } = makeMonitoring();
  expect(monitoring.alarms.map(({ node }) => node.id)).toEqual([
    'Errors',
    'Throttles',
    'Duration',
    'Stopped',
  ]);
  expect(alarmTopic.alarms).toEqual(expect.arrayContaining(monitoring.alarms));
});
