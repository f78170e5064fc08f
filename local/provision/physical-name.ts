import { createHash } from 'node:crypto';
import type { ResourceDeclaration } from '../assembly/resource.ts';

export interface NameRules {
  /** Longest name that the service takes. */
  readonly limit: number;
  /** Ending that the name must have, `.fifo`; counts towards the limit. */
  readonly ending?: string;
}

/**
 * The name of a resource: the one that the template gives it, or stack and logical id, the same at every start.
 *
 * A name that is too long is cut and keeps a digest of the whole, because CDK tells resources apart by the
 * end of their logical ids.
 */
export function physicalName(
  resource: Pick<ResourceDeclaration, 'stackName' | 'logicalId'>,
  explicit: unknown,
  { limit, ending = '' }: NameRules,
): string {
  if (typeof explicit === 'string' && explicit !== '') {
    return explicit;
  }
  const whole = `${resource.stackName}-${resource.logicalId}`;
  if (whole.length + ending.length <= limit) {
    return `${whole}${ending}`;
  }
  const digest = createHash('sha256').update(whole).digest('hex').slice(0, 8);
  return `${whole.slice(0, limit - ending.length - digest.length - 1)}-${digest}${ending}`;
}
