import { AlarmTopic } from '../../../../lib/constructs/alarm-topic.ts';
import { HttpIntake } from '../../../../lib/constructs/http-intake.ts';
import { IntakeMonitoring } from '../../../../lib/constructs/monitoring/intake-monitoring.ts';
import { resourceOf, testStack } from '../../../support/stack-template.ts';

it('IntakeMonitoring raises an alarm when callers get a 5xx answer, and tells the alarm topic', () => {
  const stack = testStack();
  const intake = new HttpIntake(stack, 'Intake', { ratePerSecond: 50, burst: 100 });
  const alarmTopic = new AlarmTopic(stack, 'Alarms');

  const { alarms } = new IntakeMonitoring(stack, 'Monitoring', { intake, alarmTopic });

  const topicArn = stack.resolve(alarmTopic.topic.topicArn);
  expect(alarms.map(alarm => resourceOf(alarm).Properties)).toMatchObject([
    {
      Namespace: 'AWS/ApiGateway',
      MetricName: '5xx',
      Dimensions: [{ Name: 'ApiId', Value: stack.resolve(intake.api.apiId) }],
      Statistic: 'Sum',
      Period: 300,
      Threshold: 1,
      TreatMissingData: 'notBreaching',
      AlarmActions: [topicArn],
      OKActions: [topicArn],
    },
  ]);
});
