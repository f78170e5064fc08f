import type { IncidentRaised, ServiceEvent } from '../../../contracts/service-events.ts';

/** What somebody should look at, and how soon. */
export type Incident = Pick<IncidentRaised, 'severity' | 'summary'>;

/** Why ECS stopped a task without being asked to: the program ended, or never began. */
const unplannedStops = new Set(['EssentialContainerExited', 'TaskFailedToStart']);

/**
 * What matters of what AWS services tell; most of it is only filed.
 *
 * Alarms that go off tell people themselves. One that lost sight of its metric tells nobody, and would miss what
 * it is there for.
 */
export function incidentOf(event: ServiceEvent): Incident | undefined {
  switch (event.event_type) {
    case 'task_stopped':
      return unplannedStops.has(event.stop_code)
        ? {
            severity: 'warning',
            summary: `A task of ${event.group} stopped (${event.stop_code}): ${event.reason}`,
          }
        : undefined;
    case 'alarm_state_changed':
      return event.state === 'INSUFFICIENT_DATA' && event.previous_state !== 'INSUFFICIENT_DATA'
        ? { severity: 'warning', summary: `Alarm ${event.alarm} sees no data any more: ${event.reason}` }
        : undefined;
    case 'health_reported':
      return healthIncident(event.category, `${event.service} in ${event.region}: ${event.code}`);
    case 'instance_state_changed':
    case 'object_created':
      return undefined;
  }
}

/** @see https://docs.aws.amazon.com/health/latest/APIReference/API_Event.html */
function healthIncident(category: string, what: string): Incident | undefined {
  switch (category) {
    case 'issue':
      return { severity: 'critical', summary: `AWS has a problem with ${what}` };
    case 'scheduledChange':
      return { severity: 'warning', summary: `AWS will change ${what}` };
    default:
      return undefined;
  }
}
