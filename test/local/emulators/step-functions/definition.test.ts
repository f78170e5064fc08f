import { shortened, tasksIn } from '../../../../local/emulators/step-functions/definition.ts';
import { tasksNotRun } from '../../../../local/emulators/step-functions/service-tasks.ts';

const waitsForToken = 'arn:aws:states:::sqs:sendMessage.waitForTaskToken';
const invoke = 'arn:aws:states:::lambda:invoke';
const definition = {
  StartAt: 'Both',
  TimeoutSeconds: 100,
  States: {
    Both: {
      Type: 'Parallel',
      Branches: [
        {
          StartAt: 'Wait',
          States: {
            Wait: { Type: 'Task', Resource: waitsForToken, TimeoutSeconds: 20, HeartbeatSeconds: 10 },
          },
        },
      ],
    },
    Each: {
      Type: 'Map',
      ItemProcessor: { StartAt: 'Pause', States: { Pause: { Type: 'Wait', Seconds: 30 } } },
    },
    Ask: { Type: 'Task', Resource: invoke, TimeoutSeconds: 20, Retry: [{ MaxDelaySeconds: 5 }, {}] },
    Endless: { Type: 'Task', Resource: 'arn:aws:states:::sns:publish' },
  },
};

it('shortens pauses and waits at every depth, and leaves functions their time', () => {
  expect(shortened(definition, 10)).toMatchObject({
    TimeoutSeconds: 10,
    States: {
      Both: { Branches: [{ States: { Wait: { TimeoutSeconds: 2, HeartbeatSeconds: 1 } } }] },
      Each: { ItemProcessor: { States: { Pause: { Seconds: 3 } } } },
      Ask: {
        TimeoutSeconds: 20,
        Retry: [{ IntervalSeconds: 0.1, MaxDelaySeconds: 0.5 }, { IntervalSeconds: 0.1 }],
      },
    },
  });
});

it('lets a task without a limit wait as long as a timer can', () => {
  expect(shortened(definition, 10).States.Endless?.TimeoutSeconds).toBeGreaterThan(1_000_000);
});

it('finds tasks at every depth, and those that are not run', () => {
  expect(tasksIn(definition).map(([name]) => name)).toEqual(['Wait', 'Ask', 'Endless']);
  expect(tasksNotRun(definition)).toEqual(['Endless (arn:aws:states:::sns:publish)']);
});
