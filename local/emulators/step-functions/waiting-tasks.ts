import { randomBytes } from 'node:crypto';
import { AwsError } from '../aws-error.ts';
import { TaskFailure } from './task-failure.ts';

/** How long an execution waits for an answer, in milliseconds. */
export interface WaitingLimits {
  readonly timeoutMs: number;
  /** Longest time without a heartbeat. */
  readonly heartbeatMs?: number | undefined;
}

interface WaitingTask {
  readonly succeed: (output: unknown) => void;
  readonly fail: (error: TaskFailure) => void;
  /** Puts the end of its time without a heartbeat off. */
  readonly beat: () => void;
  readonly end: () => void;
}

/**
 * Tasks whose executions wait until somebody answers under their token.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token
 */
export class WaitingTasks {
  readonly #waiting = new Map<string, WaitingTask>();
  /** Tokens of tasks that are over. */
  readonly #closed = new Set<string>();

  newToken(): string {
    return randomBytes(96).toString('base64');
  }

  /**
   * Waits for the answer to a task. When its time is up, nobody can answer it any more, and this does not settle:
   * whoever runs the execution goes on without.
   *
   * @throws TaskFailure what the task was failed with, or `States.HeartbeatTimeout`.
   */
  answerTo(token: string, { timeoutMs, heartbeatMs }: WaitingLimits): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const timeout = setTimeout(() => this.close(token), timeoutMs);
    let heartbeat: NodeJS.Timeout | undefined;
    const end = () => {
      clearTimeout(timeout);
      clearTimeout(heartbeat);
    };
    const beat = () => {
      clearTimeout(heartbeat);
      if (heartbeatMs === undefined) return;
      heartbeat = setTimeout(() => {
        this.close(token);
        reject(new TaskFailure('States.HeartbeatTimeout'));
      }, heartbeatMs);
    };
    this.#waiting.set(token, { succeed: resolve, fail: reject, beat, end });
    beat();
    return promise;
  }

  /** @throws AwsError where nobody waits for it. */
  heartbeat(token: string): void {
    this.#taskOf(token).beat();
  }

  /** @throws AwsError where nobody waits for it. */
  succeed(token: string, output: unknown): void {
    const { succeed } = this.#taskOf(token);
    this.close(token);
    succeed(output);
  }

  /** @throws AwsError where nobody waits for it. */
  fail(token: string, error: string, cause: string): void {
    const { fail } = this.#taskOf(token);
    this.close(token);
    fail(new TaskFailure(error, cause));
  }

  /** Lets go of whoever waits, since its execution is over. */
  abandon(token: string): void {
    const task = this.#waiting.get(token);
    this.close(token);
    task?.fail(new TaskFailure('States.Runtime', 'The execution is over.'));
  }

  /** Takes no answer to a task any more. */
  close(token: string): void {
    this.#waiting.get(token)?.end();
    this.#waiting.delete(token);
    this.#closed.add(token);
  }

  #taskOf(token: string): WaitingTask {
    const task = this.#waiting.get(token);
    if (task !== undefined) return task;
    throw this.#closed.has(token)
      ? new AwsError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'")
      : new AwsError('InvalidToken', "Invalid Token: 'Invalid token'");
  }
}
