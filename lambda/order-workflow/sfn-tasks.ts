import {
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { dependencyFailure } from '../shared/dependency.ts';
import { errorFrom } from '../shared/failures.ts';
import type { Hearing, WorkflowTasks } from './workflow-tasks.ts';

/** Longest cause of a failure that Step Functions takes, in characters. */
const longestCause = 32_768;

/**
 * What Step Functions answers for a task that was answered, failed or timed out, or whose execution ended: which
 * of them depends on how long ago that was. A message with a token that never was one is nobody's either.
 */
const settled = new Set(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken']);

/**
 * Tasks of Step Functions, by their tokens.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token
 */
export class SfnTasks implements WorkflowTasks {
  readonly #sfn: Pick<SFNClient, 'send'>;

  constructor(sfn: Pick<SFNClient, 'send'>) {
    this.#sfn = sfn;
  }

  heartbeat(token: string): Promise<Hearing> {
    return heard(this.#sfn.send(new SendTaskHeartbeatCommand({ taskToken: token })));
  }

  succeed(token: string, answer: object): Promise<Hearing> {
    return heard(
      this.#sfn.send(new SendTaskSuccessCommand({ taskToken: token, output: JSON.stringify(answer) })),
    );
  }

  fail(token: string, error: string, cause: string): Promise<Hearing> {
    return heard(
      this.#sfn.send(
        new SendTaskFailureCommand({ taskToken: token, error, cause: cause.slice(0, longestCause) }),
      ),
    );
  }
}

/** @throws DependencyDownError when Step Functions cannot be reached or does not take the answer now. */
async function heard(call: Promise<unknown>): Promise<Hearing> {
  try {
    await call;
    return 'heard';
  } catch (thrown) {
    if (settled.has(errorFrom(thrown).name)) return 'settled';
    throw dependencyFailure('Step Functions', thrown);
  }
}
