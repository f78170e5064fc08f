import { AlarmTopic } from '../../../../lib/constructs/alarm-topic.ts';
import { AccountMonitoring } from '../../../../lib/constructs/monitoring/account-monitoring.ts';
import { onlyResource, testStack } from '../../../support/stack-template.ts';

function concurrencyAlarm(props: { readonly maxConcurrencyInPercent?: number } = {}) {
  const stack = testStack();
  const alarmTopic = new AlarmTopic(stack, 'Alarms');
  new AccountMonitoring(stack, 'Account', { alarmTopic, ...props });
  return { alarm: onlyResource(stack, 'AWS::CloudWatch::Alarm').Properties, stack, alarmTopic };
}

describe('AccountMonitoring', () => {
  it('raises an alarm when 80 % of the concurrency that Lambda gives the account are taken', () => {
    const { alarm } = concurrencyAlarm();
    const metric = (Id: string, MetricName: string) => ({
      Id,
      MetricStat: { Metric: { Namespace: 'AWS/Lambda', MetricName }, Period: 60, Stat: 'Maximum' },
      ReturnData: false,
    });
    expect(alarm).toMatchObject({
      AlarmDescription: expect.stringContaining('80 %'),
      Threshold: 80,
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 5,
      DatapointsToAlarm: 3,
      TreatMissingData: 'notBreaching',
    });
    expect(alarm.Metrics).toEqual([
      expect.objectContaining({ Expression: '100 * claimed / SERVICE_QUOTA(running)', ReturnData: true }),
      // Without a dimension they count all functions.
      metric('claimed', 'ClaimedAccountConcurrency'),
      metric('running', 'ConcurrentExecutions'),
    ]);
  });

  it('takes another share', () => {
    expect(concurrencyAlarm({ maxConcurrencyInPercent: 50 }).alarm).toMatchObject({
      AlarmDescription: expect.stringContaining('50 %'),
      Threshold: 50,
    });
  });

  it('tells the alarm topic', () => {
    const { alarm, stack, alarmTopic } = concurrencyAlarm();
    const actions = [stack.resolve(alarmTopic.topic.topicArn)];
    expect(alarm).toMatchObject({ AlarmActions: actions, OKActions: actions });
  });
});
