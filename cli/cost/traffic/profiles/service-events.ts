import type { TrafficProfile } from '../profile.ts';

/** What a service tells; one in a hundred is raised as an incident. */
export const serviceEvents: TrafficProfile = {
  unit: 'event',
  means: 'events of AWS services, one in a hundred of which is raised',
  sendings: [{ queue: 'Events/Queue', perUnit: 1, bytes: 500 }],
  publications: [{ topic: 'Incidents/Topic', perUnit: 0.01, bytes: 400 }],
  functions: { 'FileEvents/Function': { milliseconds: 20 } },
  tables: { 'Filed/Table': { writes: 1.01, reads: 0, storedBytes: 600 } },
};
