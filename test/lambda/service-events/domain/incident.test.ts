import { incidentOf } from '../../../../lambda/service-events/domain/incident.ts';
import { serviceEvent } from '../../../support/service-events.ts';

describe('incidentOf', () => {
  it.each([
    ['an instance that stops', serviceEvent.instance({ state: 'stopped' })],
    ['a new object', serviceEvent.object()],
    ['a task that was asked to stop', serviceEvent.task({ stop_code: 'ServiceSchedulerInitiated' })],
    ['an alarm that goes off, which tells people itself', serviceEvent.alarm()],
    ['an alarm that sees again', serviceEvent.alarm({ state: 'OK', previous_state: 'INSUFFICIENT_DATA' })],
    ['a notification about the account', serviceEvent.health()],
  ])('is not %s', (_, event) => {
    expect(incidentOf(event)).toBeUndefined();
  });

  it.each([
    [
      serviceEvent.task({ stop_code: 'EssentialContainerExited', reason: 'Exit code 137' }),
      {
        severity: 'warning',
        summary: 'A task of service:storyboards stopped (EssentialContainerExited): Exit code 137',
      },
    ],
    [
      serviceEvent.alarm({ state: 'INSUFFICIENT_DATA', reason: 'no data' }),
      { severity: 'warning', summary: 'Alarm backlog sees no data any more: no data' },
    ],
    [
      serviceEvent.health({ category: 'issue' }),
      { severity: 'critical', summary: 'AWS has a problem with SQS in eu-west-1: AWS_SQS_OPERATIONAL_ISSUE' },
    ],
    [
      serviceEvent.health({ category: 'scheduledChange' }),
      { severity: 'warning', summary: 'AWS will change SQS in eu-west-1: AWS_SQS_OPERATIONAL_ISSUE' },
    ],
  ])('is what somebody should look at', (event, incident) => {
    expect(incidentOf(event)).toEqual(incident);
  });
});
