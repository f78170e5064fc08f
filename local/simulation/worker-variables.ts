import type { WorkerModel } from './fleet-model.ts';

/** What a template says of the worker by the variables that it sets. */
export interface WorkerVariables {
  readonly isKnown: boolean;
  readonly model: WorkerModel;
  /** How long jobs in hand may go on after the order to stop. */
  readonly shutdown: number;
  /** Hook that the worker holds on to while it drains. */
  readonly drainHook: string | undefined;
  readonly platform: string | undefined;
}

export function workerVariables(variables: Readonly<Record<string, string>>): WorkerVariables {
  const { CONCURRENCY, JOB_TIMEOUT_SECONDS, SHUTDOWN_SECONDS, LIFECYCLE_HOOK_NAME, PLATFORM } = variables;
  return {
    isKnown: CONCURRENCY !== undefined,
    model: {
      concurrency: Number(CONCURRENCY ?? 1),
      jobTimeout: Number(JOB_TIMEOUT_SECONDS ?? Number.POSITIVE_INFINITY),
    },
    shutdown: Number(SHUTDOWN_SECONDS ?? 0),
    drainHook: LIFECYCLE_HOOK_NAME,
    platform: PLATFORM,
  };
}

/** Variables as a boot script writes them for systemd: `NAME="value"`, a line each. */
export function variablesInScript(script: string): Record<string, string> {
  return Object.fromEntries(
    [...script.matchAll(/^([A-Z][A-Z0-9_]*)="(.*)"$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
}
