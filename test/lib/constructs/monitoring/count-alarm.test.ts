import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { CountAlarm } from '../../../../lib/constructs/monitoring/count-alarm.ts';
import { resourceOf, testStack } from '../../../support/stack-template.ts';

it('CountAlarm goes off at the first event in five minutes; silence is good news', () => {
  const metric = new Metric({
    namespace: 'Orders',
    metricName: 'Refusals',
    statistic: 'Average',
    period: Duration.hours(1),
  });

  const alarm = new CountAlarm(testStack(), 'Refusals', {
    metric,
    means: 'An order was refused.',
    breaks: 'It is not charged.',
    runbook: 'failedRecords',
  });

  expect(resourceOf(alarm).Properties).toMatchObject({
    AlarmDescription:
      'An order was refused. It is not charged. Runbook: docs/runbooks/consumer.md#failed-records',
    Namespace: 'Orders',
    MetricName: 'Refusals',
    Statistic: 'Sum',
    Period: 300,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    EvaluationPeriods: 1,
    TreatMissingData: 'notBreaching',
  });
});
