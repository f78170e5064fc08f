import type { TrafficProfile } from '../profile.ts';

/** A task that waits in the queue, or, one in ten, for a schedule. */
export const delayedTasks: TrafficProfile = {
  unit: 'task',
  means: 'tasks, nine in ten of which wait as a message and the tenth as a schedule',
  requests: { 'Intake/Api': 1 },
  sendings: [{ queue: 'WakeUps/Queue', perUnit: 1, bytes: 300 }],
  publications: [{ topic: 'DueTasks/Topic', perUnit: 1, bytes: 500 }],
  functions: {
    'TakeTasks/Function': { milliseconds: 60, callsPerUnit: 1 },
    'RunTasks/Function': { milliseconds: 40 },
  },
  tables: { 'Tasks/Table': { writes: 3, reads: 1, storedBytes: 500 } },
  schedules: { 'Scheduler/Group': 0.1 },
};
