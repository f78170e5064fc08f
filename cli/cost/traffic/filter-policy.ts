import { CommandFailure } from '../../command-errors.ts';

/**
 * Whether a filter policy lets an event through.
 *
 * @throws CommandFailure for an operator that no policy of this application has had so far.
 */
export function passes(policy: unknown, attributes: Readonly<Record<string, string>>): boolean {
  if (policy === undefined) return true;
  return Object.entries(policy as Readonly<Record<string, readonly unknown[]>>).every(
    ([name, conditions]) => {
      const value = attributes[name];
      return conditions.some(condition => matches(condition, value, name));
    },
  );
}

function matches(condition: unknown, value: string | undefined, name: string): boolean {
  if (typeof condition === 'string') return condition === value;
  const { prefix, exists } = condition as { prefix?: string; exists?: boolean };
  if (typeof prefix === 'string') return value?.startsWith(prefix) ?? false;
  if (typeof exists === 'boolean') return exists === (value !== undefined);
  throw new CommandFailure(
    `A filter policy asks of ${name} ${JSON.stringify(condition)}, which the cost model does not evaluate. ` +
      'Add the operator to cli/cost/traffic/filter-policy.ts.',
  );
}
