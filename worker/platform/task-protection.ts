import * as v from 'valibot';

const requestTimeoutMs = 5_000;

const changedProtection = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ protection: v.object({ ProtectionEnabled: v.boolean() }) }),
);

/** Protects a task from scale-in and deployments. */
export interface TaskProtection {
  protect(minutes: number): Promise<void>;
  unprotect(): Promise<void>;
}

/** The container agent did not change the task's protection. */
export class TaskProtectionError extends Error {
  override readonly name = 'TaskProtectionError';
}

/**
 * Task protection by the container agent, which knows the task and needs no name of it. The task's role
 * needs `ecs:UpdateTaskProtection`.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
 */
export class AgentTaskProtection implements TaskProtection {
  readonly #url: string;

  /** @param agentUri the variable `ECS_AGENT_URI` of every task. */
  constructor(agentUri: string) {
    this.#url = `${agentUri.replace(/\/$/, '')}/task-protection/v1/state`;
  }

  /** @param minutes 1 to 2,880. */
  protect(minutes: number): Promise<void> {
    return this.#put({ ProtectionEnabled: true, ExpiresInMinutes: minutes });
  }

  unprotect(): Promise<void> {
    return this.#put({ ProtectionEnabled: false });
  }

  async #put(state: {
    readonly ProtectionEnabled: boolean;
    readonly ExpiresInMinutes?: number;
  }): Promise<void> {
    const answer = await this.#answer(JSON.stringify(state));
    // A refusal comes with an `error` or a `failure`, and not with an error status in every case.
    const { success, output } = v.safeParse(changedProtection, answer);
    if (success && output.protection.ProtectionEnabled === state.ProtectionEnabled) return;
    throw new TaskProtectionError(
      `The container agent did not change the task's protection: ${answer.slice(0, 500)}`,
    );
  }

  async #answer(body: string): Promise<string> {
    try {
      const response = await fetch(this.#url, {
        method: 'PUT',
        headers: { 'Content-Type': 'application/json' },
        body,
        signal: AbortSignal.timeout(requestTimeoutMs),
      });
      return await response.text();
    } catch (error) {
      throw new TaskProtectionError(`The container agent does not answer: ${(error as Error).message}.`, {
        cause: error,
      });
    }
  }
}
