import { AlarmTopic } from '../../../../lib/constructs/alarm-topic.ts';
import { HttpIntake } from '../../../../lib/constructs/http-intake.ts';
import { IntakeMonitoring } from '../../../../lib/constructs/monitoring/intake-monitoring.ts';
import { resourceOf, testStack } from '../../../support/stack-template.ts';
import { toldBy } from '../../../support/told-alarms.ts';

function monitorIntake(props: { readonly maxRefusedPercent?: number } = {}) {
  const stack = testStack();
  const intake = new HttpIntake(stack, 'Intake', { ratePerSecond: 50, burst: 100 });
  const alarmTopic = new AlarmTopic(stack, 'Alarms');
  const { alarms } = new IntakeMonitoring(stack, 'Monitoring', { intake, alarmTopic, ...props });
  return { stack, intake, alarmTopic, alarms, properties: alarms.map(alarm => resourceOf(alarm).Properties) };
}

describe('IntakeMonitoring', () => {
  it('raises an alarm when a caller gets a 5xx answer', () => {
    const { stack, intake, properties } = monitorIntake();
    expect(properties[0]).toMatchObject({
      Namespace: 'AWS/ApiGateway',
      MetricName: '5xx',
      Dimensions: [{ Name: 'ApiId', Value: stack.resolve(intake.api.apiId) }],
      Statistic: 'Sum',
      Period: 300,
      Threshold: 1,
      TreatMissingData: 'notBreaching',
    });
  });

  it('raises an alarm when more than 20 percent are refused for a quarter of an hour, by default', () => {
    const [, refused] = monitorIntake().properties;
    expect(refused).toMatchObject({
      Threshold: 20,
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 3,
      Metrics: expect.arrayContaining([
        // A few that are refused are a few callers' mistakes.
        expect.objectContaining({ Expression: 'IF(FILL(refused, 0) > 100, 100 * refused / requests, 0)' }),
      ]),
    });
    expect(monitorIntake({ maxRefusedPercent: 5 }).properties[1]?.Threshold).toBe(5);
  });

  it('tells the alarm topic of the first of both', () => {
    const { stack, alarmTopic, alarms } = monitorIntake();
    expect(toldBy(stack, alarmTopic, alarms)).toEqual({
      ServerErrors: 'IntakeIncidentUnhealthy',
      Refused: 'IntakeIncidentUnhealthy',
    });
  });
});
