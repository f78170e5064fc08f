/** Whether an answer reached the execution, or nobody waits for it any more. */
export type Hearing = 'heard' | 'settled';

/**
 * The tasks that executions wait for. Each is answered once: a task that was answered, failed or timed out before
 * is settled, and whoever answers it later is told so.
 */
export interface WorkflowTasks {
  /** Says that somebody is at work on the task. */
  heartbeat(token: string): Promise<Hearing>;
  succeed(token: string, answer: object): Promise<Hearing>;
  /** @param error what the execution tells failures apart by. */
  fail(token: string, error: string, cause: string): Promise<Hearing>;
}
