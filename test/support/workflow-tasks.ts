import type { Hearing, WorkflowTasks } from '../../lambda/order-workflow/workflow-tasks.ts';

/** Tasks that are waited for, each until it is answered. */
export class InMemoryTasks implements WorkflowTasks {
  readonly waiting: Set<string>;
  /** What was heard: the first answer to each task. */
  readonly answers = new Map<string, unknown>();
  heartbeats = 0;

  /** Runs before a call; what it throws, the call throws. */
  before: (call: 'heartbeat' | 'succeed' | 'fail') => unknown = () => undefined;

  constructor(...waiting: readonly string[]) {
    this.waiting = new Set(waiting);
  }

  async heartbeat(token: string): Promise<Hearing> {
    await this.before('heartbeat');
    this.heartbeats++;
    return this.waiting.has(token) ? 'heard' : 'settled';
  }

  async succeed(token: string, answer: object): Promise<Hearing> {
    await this.before('succeed');
    return this.#settle(token, answer);
  }

  async fail(token: string, error: string, cause: string): Promise<Hearing> {
    await this.before('fail');
    return this.#settle(token, { error, cause });
  }

  #settle(token: string, answer: unknown): Hearing {
    if (!this.waiting.delete(token)) return 'settled';
    this.answers.set(token, answer);
    return 'heard';
  }
}
