import type { Target } from './caller.ts';
import { EvaluationError } from './evaluation.ts';
import type { Verdict } from './verdict.ts';

/** What permissions on a service's resources may be for inside of them. */
const parts: Readonly<Record<string, readonly string[]>> = {
  dynamodb: ['/index/any', '/stream/any'],
  logs: [':log-stream:any'],
  s3: ['/any'],
};

/** A resource and what is in it, all by the path of the resource. */
export function partsOf(target: Target): readonly Target[] {
  const { arn = '' } = target;
  const service = arn.split(':')[2] ?? '';
  const within = (parts[service] ?? []).map(part => `${arn}${part}`);
  // Tasks are named after their cluster, not under it.
  const tasks =
    service === 'ecs' && arn.includes(':cluster/') ? [`${arn.replace(':cluster/', ':task/')}/any`] : [];
  return [target, ...[...within, ...tasks].map(part => ({ ...target, arn: part }))];
}

/** @returns undefined where the action is never asked of such a resource. */
export async function unlessInapplicable(verdict: Promise<Verdict>): Promise<Verdict | undefined> {
  try {
    return await verdict;
  } catch (error) {
    if (error instanceof EvaluationError && error.fault === 'action does not apply') return undefined;
    throw error;
  }
}
