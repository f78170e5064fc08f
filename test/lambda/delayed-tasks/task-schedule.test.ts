import * as v from 'valibot';
import { dueTasks } from '../../../contracts/tasks.ts';
import { TimersAndSchedules } from '../../../lambda/delayed-tasks/task-schedule.ts';

const task = { task_id: 'remind-12345', due_at: '2026-11-26T14:30:00.000Z', correlation_id: 'shop-1' };

function scheduleAt(now: string) {
  const asked: unknown[][] = [];
  const bodies: string[] = [];
  const schedule = new TimersAndSchedules({
    timer: {
      send: async (body, delaySeconds) => {
        bodies.push(body);
        asked.push(['timer', delaySeconds]);
      },
    },
    schedules: {
      put: async (name, at, body) => {
        bodies.push(body);
        asked.push(['schedule', name, at.toISOString()]);
      },
      remove: async name => void asked.push(['remove', name]),
    },
    limits: { longestTimerSeconds: 900, scheduleStepSeconds: 60, queueDelaySeconds: 5 },
    now: () => new Date(now),
  });
  return { schedule, asked, bodies };
}

it('wakes up by a timer what is due within 15 minutes', async () => {
  const { schedule, asked } = scheduleAt('2026-11-26T14:15:00.000Z');
  await schedule.schedule(task, new Date(task.due_at));
  expect(asked).toEqual([['timer', 900]]);
});

it('by a schedule of its name what is due later, less the delay of the queue', async () => {
  const { schedule, asked } = scheduleAt('2026-11-26T14:14:59.999Z');
  await schedule.schedule(task, new Date(task.due_at));
  expect(asked).toEqual([['schedule', 'remind-12345', '2026-11-26T14:30:00.000Z']]);
});

it('by the delay of the queue what names no time', async () => {
  const { schedule, asked } = scheduleAt('2026-11-26T14:29:55.000Z');
  await schedule.schedule(task);
  expect(asked).toEqual([['timer', undefined]]);
});

it('says the same in either way, which the consumer takes', async () => {
  const soon = scheduleAt('2026-11-26T14:29:00.000Z');
  const later = scheduleAt('2026-11-26T14:00:00.000Z');
  for (const { schedule } of [soon, later]) await schedule.schedule(task, new Date(task.due_at));
  expect(soon.bodies).toEqual(later.bodies);
  expect(v.parse(dueTasks.schema, JSON.parse(soon.bodies[0] ?? ''))).toEqual({
    event_type: 'task_due',
    ...task,
  });
});

it('spares what can be spared: a schedule of that name', async () => {
  const { schedule, asked } = scheduleAt('2026-11-26T14:29:00.000Z');
  await schedule.cancel('remind-12345');
  expect(asked).toEqual([['remove', 'remind-12345']]);
});
