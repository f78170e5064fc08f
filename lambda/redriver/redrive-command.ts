import * as v from 'valibot';
import { type RedriveCommand, type RedriveRoute, redriveCommand } from '../../contracts/redriver.ts';

/** What the function was invoked with is no command, or names a queue that it knows nothing of. */
export class RedriveCommandError extends Error {
  override readonly name = 'RedriveCommandError';
}

/**
 * What a person asks for.
 *
 * @returns undefined when the schedule invoked.
 * @throws RedriveCommandError saying what can be asked for.
 */
export function commandOf(
  event: unknown,
  routes: readonly Pick<RedriveRoute, 'queue'>[],
): RedriveCommand | undefined {
  if ((event as { readonly source?: unknown } | null)?.source === 'aws.events') return undefined;
  const names = routes.map(({ queue }) => queue);
  const result = v.safeParse(redriveCommand, event);
  if (!result.success) {
    const faults = result.issues.map(issue => `${v.getDotPath(issue) ?? 'payload'}: ${issue.message}`);
    throw new RedriveCommandError(
      `No command: ${faults.join('; ')}. Give {"action": "start" | "stop" | "reset" | "status"}, ` +
        `and one of the queues ${names.join(', ')} as "queue" where not all are meant.`,
    );
  }
  const { queue } = result.output;
  if (queue !== undefined && !names.includes(queue)) {
    throw new RedriveCommandError(`No queue ${queue}. Give one of ${names.join(', ')}, or none for all.`);
  }
  return result.output;
}
