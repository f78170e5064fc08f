import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import {
  MonitoringAlarm,
  type MonitoringAlarmProps,
} from '../../../../lib/constructs/monitoring/monitoring-alarm.ts';
import { setMonitoringContext } from '../../../../lib/constructs/monitoring/monitoring-context.ts';
import { resourceOf, testStack } from '../../../support/stack-template.ts';

const props: MonitoringAlarmProps = {
  means: 'The oldest message waits too long.',
  breaks: 'It is late.',
  runbook: 'messageAge',
  metric: new cloudwatch.Metric({ namespace: 'Orders', metricName: 'Age' }),
  threshold: 900,
  evaluationPeriods: 1,
};

describe('MonitoringAlarm', () => {
  it('says what it means, what it breaks, and where its runbook is in the repository', () => {
    const alarm = new MonitoringAlarm(testStack(), 'Age', props);
    expect(resourceOf(alarm).Properties.AlarmDescription).toBe(
      'The oldest message waits too long. It is late. Runbook: docs/runbooks/backlog.md#message-age',
    );
  });

  it('links to the runbook where the stage says where files can be read', () => {
    const stack = testStack();
    setMonitoringContext(stack, { docsUrl: 'https://git.example.com/blob/main' });
    const alarm = new MonitoringAlarm(stack, 'Age', props);
    expect(resourceOf(alarm).Properties.AlarmDescription).toMatch(
      / Runbook: https:\/\/git\.example\.com\/blob\/main\/docs\/runbooks\/backlog\.md#message-age$/,
    );
  });

  it('takes missing data for good news, unless told otherwise', () => {
    const stack = testStack();
    const alarms = [
      new MonitoringAlarm(stack, 'Silent', props),
      new MonitoringAlarm(stack, 'Dead', {
        ...props,
        treatMissingData: cloudwatch.TreatMissingData.BREACHING,
      }),
    ];
    expect(alarms.map(alarm => resourceOf(alarm).Properties.TreatMissingData)).toEqual([
      'notBreaching',
      'breaching',
    ]);
  });
});
