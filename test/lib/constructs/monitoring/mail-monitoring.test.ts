import { AlarmTopic } from '../../../../lib/constructs/alarm-topic.ts';
import { MailMonitoring } from '../../../../lib/constructs/monitoring/mail-monitoring.ts';
import { resourceOf, testStack } from '../../../support/stack-template.ts';

it('MailMonitoring raises an alarm where SES would review the account', () => {
  const stack = testStack();
  const alarmTopic = new AlarmTopic(stack, 'Alarms');

  const { alarms } = new MailMonitoring(stack, 'Monitoring', { alarmTopic });

  const actions = [stack.resolve(alarmTopic.topic.topicArn)];
  const rate = {
    Namespace: 'AWS/SES',
    Statistic: 'Average',
    Period: 3_600,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'ignore',
    AlarmActions: actions,
    OKActions: actions,
  };
  expect(alarms.map(alarm => resourceOf(alarm).Properties)).toMatchObject([
    { ...rate, MetricName: 'Reputation.BounceRate', Threshold: 0.05 },
    { ...rate, MetricName: 'Reputation.ComplaintRate', Threshold: 0.001 },
  ]);
});
