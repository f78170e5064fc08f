import { Duration, Stack } from 'aws-cdk-lib';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Incident } from '../../../../lib/constructs/monitoring/incident.ts';
import { referredId, resourceOf, testStack } from '../../../support/stack-template.ts';

function makeIncident() {
  const stack = testStack();
  return { stack, incident: new Incident(stack, 'PaymentIncident') };
}

function makeAlarm(stack: Stack, id: string): Alarm {
  const metric = new Metric({ namespace: 'Orders', metricName: id });
  return new Alarm(stack, id, { metric, threshold: 1, evaluationPeriods: 1 });
}

const arnOf = (alarm: Alarm) => Stack.of(alarm).resolve(alarm.alarmArn);

describe('Incident', () => {
  it('goes off with the first of its signs, those that are added later among them', () => {
    const { stack, incident } = makeIncident();
    const [failed, old] = [makeAlarm(stack, 'Failed'), makeAlarm(stack, 'Old')];
    incident.addSigns(failed);
    incident.addSigns(old);

    expect(resourceOf(incident.unhealthy).Properties.AlarmRule).toEqual({
      'Fn::Join': ['', ['(ALARM("', arnOf(failed), '") OR ALARM("', arnOf(old), '"))']],
    });
  });

  it('is silent about what is left while there are signs, and for an hour afterwards', () => {
    const { stack, incident } = makeIncident();
    const deadLetters = makeAlarm(stack, 'DeadLetters');
    const remains = incident.addRemains(deadLetters);
    incident.addSigns(makeAlarm(stack, 'Failed'));

    const { Properties } = resourceOf(remains);
    expect(Properties).toMatchObject({
      AlarmRule: { 'Fn::Join': ['', ['(ALARM("', arnOf(deadLetters), '"))']] },
      ActionsSuppressorWaitPeriod: Duration.minutes(5).toSeconds(),
      ActionsSuppressorExtensionPeriod: Duration.hours(1).toSeconds(),
    });
    expect(referredId(Properties.ActionsSuppressor)).toBe(
      stack.resolve((incident.unhealthy.node.defaultChild as { logicalId?: string }).logicalId),
    );
    // One forgotten message in a DLQ would otherwise hide the next fault.
    expect(JSON.stringify(resourceOf(incident.unhealthy).Properties.AlarmRule)).not.toContain('DeadLetters');
  });

  it('makes one alarm of all that is left', () => {
    const { stack, incident } = makeIncident();
    const remains = ['Dlq', 'Failed'].map(id => incident.addRemains(makeAlarm(stack, id)));
    expect(remains[0]).toBe(remains[1]);
  });

  it('never goes off without signs, so that what is left is told of', () => {
    const { incident } = makeIncident();
    expect(resourceOf(incident.unhealthy).Properties.AlarmRule).toBe('FALSE');
  });

  it('leaves the names to CloudFormation, which begin with the stack as the topic wants them', () => {
    const { stack, incident } = makeIncident();
    for (const alarm of [incident.unhealthy, incident.addRemains(makeAlarm(stack, 'DeadLetters'))]) {
      expect(resourceOf(alarm).Properties).not.toHaveProperty('AlarmName');
    }
  });
});
