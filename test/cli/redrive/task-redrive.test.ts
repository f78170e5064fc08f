import { CommandFailure, ThrottledError } from '../../../cli/command-errors.ts';
import {
  type MoveTask,
  type MoveTaskStatus,
  type MoveTasks,
  TaskRunningError,
} from '../../../cli/queues/move-tasks.ts';
import type { Queue } from '../../../cli/queues/queues.ts';
import type { MoveProgress } from '../../../cli/redrive/redrive-result.ts';
import { followTask, redriveByTask } from '../../../cli/redrive/task-redrive.ts';
import { ManualClock } from '../manual-clock.ts';

const dlq: Queue = {
  name: 'payment-dlq',
  url: 'http://127.0.0.1:4566/000000000000/payment-dlq',
  arn: 'arn:aws:sqs:us-east-1:000000000000:payment-dlq',
  region: 'us-east-1',
  fifo: false,
};

function task(status: MoveTaskStatus, moved: number, more: Partial<MoveTask> = {}): MoveTask {
  return {
    status,
    moved,
    toMove: 10,
    startedAt: 2_000,
    ...(status === 'RUNNING' && { handle: 'h' }),
    ...more,
  };
}

type Answer = MoveTask | undefined | Error;

/** SQS that lists one answer after the other, and the last one from then on. */
class ScriptedMoveTasks implements MoveTasks {
  readonly started: unknown[] = [];
  readonly cancelled: string[] = [];
  #answers: readonly Answer[];
  readonly #onStart: () => string;

  constructor(answers: readonly Answer[], onStart: () => string = () => 'h') {
    this.#answers = answers;
    this.#onStart = onStart;
  }

  async start(request: unknown): Promise<string> {
    this.started.push(request);
    return this.#onStart();
  }

  async latest(): Promise<MoveTask | undefined> {
    const [answer, ...rest] = this.#answers;
    if (rest.length > 0) this.#answers = rest;
    if (answer instanceof Error) throw answer;
    return answer;
  }

  async cancel(_: Queue, handle: string): Promise<boolean> {
    this.cancelled.push(handle);
    return true;
  }
}

const never = new AbortController().signal;

function redriven(moveTasks: MoveTasks, interrupt = never, clock = new ManualClock()) {
  const progress: MoveProgress[] = [];
  const result = redriveByTask(
    { moveTasks, clock },
    { from: dlq, ratePerSecond: 10 },
    step => progress.push(step),
    interrupt,
  );
  return { result, progress, clock };
}

describe('redriveByTask', () => {
  it('starts a task and follows it to its end', async () => {
    const moveTasks = new ScriptedMoveTasks([
      undefined,
      task('RUNNING', 0),
      task('RUNNING', 6),
      task('COMPLETED', 10),
    ]);

    const { result, progress } = redriven(moveTasks);

    expect(await result).toEqual({ outcome: 'done', moved: 10, failed: 0, faults: [] });
    expect(moveTasks.started).toEqual([{ from: dlq, ratePerSecond: 10 }]);
    expect(progress).toEqual([0, 6, 10].map(moved => ({ moved, total: 10 })));
  });

  it('does not take the task of yesterday for the one that it has just started', async () => {
    const yesterday = task('COMPLETED', 99, { startedAt: 1_000 });
    const moveTasks = new ScriptedMoveTasks([yesterday, yesterday, yesterday, task('COMPLETED', 10)]);

    expect(await redriven(moveTasks).result).toMatchObject({ outcome: 'done', moved: 10 });
  });

  it('gives up on a task that SQS never lists, and says how to look for it', async () => {
    const { result, clock } = redriven(new ScriptedMoveTasks([undefined]));

    await expect(result).rejects.toThrow(`--source-arn ${dlq.arn}`);
    expect(clock.now()).toBeGreaterThan(30_000);
  });

  it('waits for a count that lags behind the end', async () => {
    const moveTasks = new ScriptedMoveTasks([
      undefined,
      task('COMPLETED', 3),
      task('COMPLETED', 7),
      task('COMPLETED', 10),
    ]);

    expect(await redriven(moveTasks).result).toMatchObject({ outcome: 'done', moved: 10 });
  });

  it('waits for such a count for a few seconds only', async () => {
    const { result, clock } = redriven(new ScriptedMoveTasks([undefined, task('COMPLETED', 3)]));

    expect(await result).toMatchObject({ outcome: 'done', moved: 3 });
    expect(clock.now()).toBeLessThan(7_000);
  });

  it.each([
    ['CouldNotDetermineMessageSource', /by hand.*--to <queue>/],
    ['AWS.SimpleQueueService.NonExistentQueue', /does not exist any more.*--to <queue>/],
    ['AccessDenied', /sqs:SendMessage.*kms:Decrypt/],
    ['Something new', /Something new/],
    [undefined, /gave no reason/],
  ])('reports a task that fails in the middle with %s', async (failureReason, explanation) => {
    const failed = task('FAILED', 4, failureReason ? { failureReason } : {});
    const { result } = redriven(new ScriptedMoveTasks([undefined, task('RUNNING', 4), failed]));

    expect(await result).toEqual({
      outcome: 'failed',
      moved: 4,
      failed: 6,
      faults: [{ reason: expect.stringMatching(explanation) }],
    });
  });

  it('goes on following while AWS asks for fewer requests', async () => {
    const moveTasks = new ScriptedMoveTasks([
      undefined,
      task('RUNNING', 1),
      new ThrottledError('slower'),
      new ThrottledError('slower'),
      task('COMPLETED', 10),
    ]);

    expect(await redriven(moveTasks).result).toMatchObject({ outcome: 'done', moved: 10 });
  });

  it('asks less often as time goes by', async () => {
    const running = Array.from({ length: 8 }, () => task('RUNNING', 1));
    const { result, clock } = redriven(new ScriptedMoveTasks([undefined, ...running, task('COMPLETED', 10)]));

    await result;

    expect(clock.slept).toEqual([250, 500, 1_000, 2_000, 2_000, 2_000, 2_000, 2_000]);
  });

  it('cancels at Ctrl-C, waits until the task has stopped, and tells what was moved', async () => {
    const moveTasks = new ScriptedMoveTasks([
      undefined,
      task('RUNNING', 1),
      task('RUNNING', 2),
      task('CANCELLING', 3),
      task('CANCELLED', 3),
      task('CANCELLED', 4),
    ]);
    const interrupt = new AbortController();
    const clock = new ManualClock(() => interrupt.abort());

    const { result } = redriven(moveTasks, interrupt.signal, clock);

    expect(await result).toEqual({ outcome: 'interrupted', moved: 4, failed: 0, faults: [] });
    expect(moveTasks.cancelled).toEqual(['h']);
    // It goes on waiting between its questions, though it has been interrupted.
    expect(clock.slept).toEqual([250, 250, 500, 500, 500]);
  });

  it('cancels a task that SQS does not list yet', async () => {
    const moveTasks = new ScriptedMoveTasks([undefined, undefined, task('CANCELLED', 0)]);
    const interrupt = new AbortController();
    interrupt.abort();

    expect(await redriven(moveTasks, interrupt.signal).result).toMatchObject({ outcome: 'interrupted' });
    expect(moveTasks.cancelled).toEqual(['h']);
  });

  it('reports done when the task was faster than Ctrl-C', async () => {
    const interrupt = new AbortController();
    const moveTasks = new ScriptedMoveTasks([undefined, task('RUNNING', 9), task('COMPLETED', 10)]);
    moveTasks.cancel = async () => false;
    interrupt.abort();

    expect(await redriven(moveTasks, interrupt.signal).result).toMatchObject({ outcome: 'done', moved: 10 });
  });

  it('says that the task goes on when it may not be cancelled', async () => {
    const interrupt = new AbortController();
    const moveTasks = new ScriptedMoveTasks([undefined, task('RUNNING', 1)]);
    moveTasks.cancel = () => Promise.reject(new CommandFailure('Needed: sqs:CancelMessageMoveTask'));
    interrupt.abort();

    await expect(redriven(moveTasks, interrupt.signal).result).rejects.toThrow(
      /payment-dlq could not be cancelled and goes on\.\nNeeded: sqs:CancelMessageMoveTask/,
    );
  });

  it('follows the task of somebody who was faster to start one', async () => {
    const moveTasks = new ScriptedMoveTasks([task('RUNNING', 1), task('COMPLETED', 10)], () => {
      throw new TaskRunningError('running');
    });

    expect(await redriven(moveTasks).result).toMatchObject({ outcome: 'done', moved: 10 });
  });

  it('passes on why SQS refuses to start', async () => {
    const moveTasks = new ScriptedMoveTasks([undefined], () => {
      throw new CommandFailure('Needed: sqs:StartMessageMoveTask');
    });

    await expect(redriven(moveTasks).result).rejects.toThrow('Needed: sqs:StartMessageMoveTask');
  });
});

describe('followTask', () => {
  it("leaves another's task running at Ctrl-C", async () => {
    const moveTasks = new ScriptedMoveTasks([task('RUNNING', 3)]);
    const interrupt = new AbortController();
    const clock = new ManualClock(() => interrupt.abort());

    const result = await followTask(
      { moveTasks, clock },
      dlq,
      { owner: 'another' },
      () => {},
      interrupt.signal,
    );

    expect(result).toEqual({ outcome: 'left-running', moved: 3, failed: 0, faults: [] });
    expect(moveTasks.cancelled).toEqual([]);
  });
});
