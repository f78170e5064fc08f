import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { until } from '../condition.ts';
import { expectEqual, repeated, unequal } from '../expectations.ts';
import { messagesIn, redrive } from '../queue-state.ts';
import type { CheckSteps, RunningSystem, Scenario } from '../scenario.ts';
import { type PostedTask, release, reminder, TaskDesk } from './task-desk.ts';
import { TaskDoer } from './task-doer.ts';

const takeTasks = 'delayed-tasks/TakeTasks/Function';
const runTasks = 'delayed-tasks/RunTasks/Function';
const deadLetterAlarm = 'delayed-tasks/WakeUpsMonitoring/DeadLetters';

/** The task that cannot be handed on, as long as the consumer is told so. */
const poisonTask = 'poison';

/** What is due within this many seconds has a timer here; what is due later, a schedule. */
const longestTimer = 5;
const soon = 4;
const later = 10;

export const scenario: Scenario = {
  environment: {
    [takeTasks]: { LONGEST_TIMER_SECONDS: String(longestTimer), SCHEDULE_STEP_SECONDS: '1' },
    [runTasks]: { FAILING_TASKS: poisonTask },
  },

  async demonstrate(system, tell) {
    const desk = new TaskDesk(system);
    for (const task of [reminder('at-once', -1), reminder('soon', soon), release('later', later)]) {
      const { content } = await desk.post(task);
      tell(`${task.task_id} is ${content.status}, due at ${content.due_at}`);
    }
    await desk.post(reminder('taken-back', later));
    const { content } = await desk.cancel('taken-back');
    tell(`taken-back is ${content.status}`);
    // Asking the intake again and again would fill the terminal with its answers.
    const outcomes = (id: string) =>
      system.log.flatMap(({ fields }) => (fields.task_id === id ? [fields.outcome] : []));
    for (const id of ['at-once', 'soon', 'later']) {
      await until(async () => (outcomes(id).includes('handed_on') ? undefined : `${id} is not handed on`));
      tell(`${id} is handed on`);
    }
    tell(`Post one yourself: ${system.output('TasksUrl')}`);
    desk.close();
  },

  async check(system, steps) {
    const desk = new TaskDesk(system);
    try {
      await new TaskCheck(system, steps, desk, await TaskDoer.subscribed(system)).run();
    } finally {
      desk.close();
    }
  },
};

/** What becomes of tasks, told in steps that must hold. */
class TaskCheck {
  readonly #system: RunningSystem;
  readonly #steps: CheckSteps;
  readonly #desk: TaskDesk;
  readonly #doer: TaskDoer;

  constructor(system: RunningSystem, steps: CheckSteps, desk: TaskDesk, doer: TaskDoer) {
    this.#system = system;
    this.#steps = steps;
    this.#desk = desk;
    this.#doer = doer;
  }

  async run(): Promise<void> {
    await this.#takesTasks();
    await this.#cancels();
    await this.#refuses();
    await this.#wakesUp();
    await this.#redrives();
    await this.#didNothingTwice();
  }

  async #takesTasks(): Promise<void> {
    const { step } = this.#steps;
    await step('a task whose time has passed is done at once', async () => {
      await this.#post(reminder('at-once', -60));
      await this.#post(reminder(poisonTask, -60));
      await until(async () => unequal('handed on', (await this.#doer.ids()).join(), 'at-once'));
      return undefined;
    });
    await step('tasks that are due soon sleep as messages that nobody sees', async () => {
      await this.#post(reminder('soon', soon));
      await this.#post(reminder('soon-canceled', soon));
      await this.#post(reminder('undated'));
      await this.#post(reminder('soon-twice', soon), 2);
      // Four have a timer of their own, one has the queue's delay.
      expectEqual('messages that are delayed', await this.#delayed(), 5);
      return undefined;
    });
    await step('tasks that are due later have a schedule, each one', async () => {
      await this.#post(release('later', later));
      await this.#post(reminder('later-canceled', later));
      await this.#post(reminder('later-twice', later), 2);
      expectEqual('schedules', await this.#schedules(), 'later, later-canceled, later-twice');
      return this.#desk.scheduleOf('later');
    });
  }

  async #cancels(): Promise<void> {
    await this.#steps.step('tasks are canceled, and their schedules with them', async () => {
      for (const id of ['soon-canceled', 'later-canceled']) {
        const { status, content } = await this.#desk.cancel(id);
        expectEqual('answer', `${status} ${content.status}`, '200 canceled');
      }
      expectEqual('schedules', await this.#schedules(), 'later, later-twice');
      return undefined;
    });
  }

  async #refuses(): Promise<void> {
    await this.#steps.step(
      'another time under the same id is refused, and so is what is no task',
      async () => {
        const other = await this.#desk.post(release('later', later + 60));
        expectEqual('answer', `${other.status} ${other.content.error}`, '409 id_taken');
        const none = await this.#desk.post({ ...reminder('none'), kind: 'delete_everything' });
        expectEqual('answer', `${none.status} ${none.content.error}`, '400 invalid_task');
        const unknown = await this.#desk.lookUp('nobody-posted-this');
        expectEqual('answer', `${unknown.status} ${unknown.content.error}`, '404 unknown_task');
        return undefined;
      },
    );
  }

  async #wakesUp(): Promise<void> {
    const { step } = this.#steps;
    const expected = ['at-once', 'later', 'later-twice', 'soon', 'soon-twice', 'undated'];
    await step('each task is handed on when it is due, and none before', async () => {
      await until(async () =>
        unequal('handed on', [...(await this.#doer.ids())].sort().join(), expected.join()),
      );
      const early = (await this.#doer.handedOn()).filter(({ lateMs }) => lateMs < 0);
      expectEqual('early tasks', early.map(({ task_id }) => task_id).join(), '');
      const latest = Math.max(...(await this.#doer.handedOn()).slice(1).map(({ lateMs }) => lateMs));
      return `${latest} ms late at most`;
    });
    await step('the wake-up of a canceled task is passed over', async () => {
      await until(async () => unequal('outcome', this.#outcomesOf('soon-canceled').join(), 'canceled'));
      return undefined;
    });
    await step('their schedules are gone', async () => {
      await until(async () => unequal('schedules', await this.#schedules(), ''));
      return undefined;
    });
  }

  async #redrives(): Promise<void> {
    const { step } = this.#steps;
    const deadLetters = this.#system.output('WakeUpsDlqUrl');
    await step('a task that cannot be handed on waits in the DLQ, and an alarm tells', async () => {
      await until(async () =>
        unequal('messages in the DLQ', await messagesIn(this.#system.sqs, deadLetters), 1),
      );
      await until(async () => unequal('alarm', this.#system.alarmState(deadLetterAlarm), 'ALARM'));
      expectEqual('status', (await this.#desk.lookUp(poisonTask)).content.status, 'scheduled');
      return undefined;
    });
    await step('mended and redriven, it is handed on', async () => {
      this.#system.updateEnvironment(runTasks, { FAILING_TASKS: '' });
      expectEqual('moved', await redrive(this.#system.sqs, deadLetters), 1);
      await until(async () =>
        (await this.#doer.ids()).includes(poisonTask) ? undefined : `${poisonTask} is not handed on`,
      );
      return undefined;
    });
  }

  async #didNothingTwice(): Promise<void> {
    await this.#steps.step('nothing was done twice, and nothing is left in a queue', async () => {
      for (const output of ['WakeUpsQueueUrl', 'WakeUpsDlqUrl', 'ScheduleDlqUrl']) {
        const url = this.#system.output(output);
        await until(async () => unequal(`messages in ${url}`, await messagesIn(this.#system.sqs, url), 0));
      }
      const ids = await this.#doer.ids();
      expectEqual('handed on twice', repeated(ids).join(), '');
      for (const id of ids) {
        expectEqual(`status of ${id}`, (await this.#desk.lookUp(id)).content.status, 'done');
      }
      // The second wake-up of a task that was posted twice found it done, or being done.
      expectEqual('runs of soon-twice', this.#outcomesOf('soon-twice').includes('done_before'), true);
      return undefined;
    });
  }

  /** Posts a task, several times at once where told, and expects that it is taken. */
  async #post(task: PostedTask, times = 1): Promise<void> {
    const answers = await Promise.all(Array.from({ length: times }, () => this.#desk.post(task)));
    for (const { status, content } of answers) {
      expectEqual(`answer to ${task.task_id}`, `${status} ${content.status}`, '202 scheduled');
    }
  }

  async #schedules(): Promise<string> {
    return (await this.#desk.scheduled()).join(', ');
  }

  async #delayed(): Promise<number> {
    const { Attributes } = await this.#system.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: this.#system.output('WakeUpsQueueUrl'),
        AttributeNames: ['ApproximateNumberOfMessagesDelayed'],
      }),
    );
    return Number(Attributes?.ApproximateNumberOfMessagesDelayed);
  }

  /** What the consumer did about a task, as it logged it. */
  #outcomesOf(taskId: string): readonly unknown[] {
    return this.#system.log
      .filter(({ functionName, fields }) => functionName.includes('RunTasks') && fields.task_id === taskId)
      .map(({ fields }) => fields.outcome);
  }
}
