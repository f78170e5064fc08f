import type { IncidentRaised, ServiceEvent } from '../../contracts/service-events.ts';
import type { Handled } from '../shared/queue-consumer.ts';
import { type Incident, incidentOf } from './domain/incident.ts';

/** What is known of an event that was filed before. */
export interface Filed {
  /** Whether its incident, if it is one, was raised. */
  readonly isRaised: boolean;
}

/** Events of AWS services, each kept once. */
export interface EventFile {
  /** @returns what is known of the event from before; undefined where it is new. */
  add(event: ServiceEvent): Promise<Filed | undefined>;
  markRaised(event: ServiceEvent): Promise<void>;
}

export interface EventFilingPorts {
  readonly file: EventFile;
  readonly incidents: { publish(event: IncidentRaised): Promise<void> };
}

/**
 * Files each event once, and raises what matters.
 *
 * EventBridge delivers an event at least once, under the same id. It is filed before its incident is raised, and
 * marked after: a function that dies in between raises it again, under the same incident id.
 */
export function eventFiling({ file, incidents }: EventFilingPorts) {
  return async (event: ServiceEvent): Promise<Handled> => {
    const before = await file.add(event);
    const incident = incidentOf(event);
    if (incident === undefined) return { outcome: before ? 'already_filed' : 'filed' };
    if (before?.isRaised) return { outcome: 'already_raised' };
    await incidents.publish(raised(event, incident));
    await file.markRaised(event);
    return { outcome: 'raised', details: { ...incident } };
  };
}

function raised({ correlation_id, at, account, region }: ServiceEvent, incident: Incident): IncidentRaised {
  return {
    event_type: 'incident_raised',
    correlation_id,
    incident_id: correlation_id,
    ...incident,
    at,
    account,
    region,
  };
}
