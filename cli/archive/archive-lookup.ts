import { CommandFailure } from '../command-errors.ts';
import type { Archives } from './archives.ts';

/** What follows the stack's name in that of its archive's bucket. */
const place = '-archive-events-';
const rest = /^\d{12}-[a-z0-9-]+-an$/;

/**
 * The bucket of a stack's archive, by its name.
 *
 * @throws CommandFailure when there is none, or several and no region says which.
 */
export async function lookUpArchive(
  archives: Archives,
  stack: string,
  region: string | undefined,
): Promise<string> {
  const prefix = `${stack}${place}`;
  const found = (await archives.buckets(prefix)).filter(name => rest.test(name.slice(prefix.length)));
  const inRegion = region ? found.filter(name => name.endsWith(`-${region}-an`)) : found;
  const [bucket, ...others] = inRegion;
  if (bucket && others.length === 0) return bucket;
  if (bucket) {
    throw new CommandFailure(
      `There are several archives of ${stack}: ${inRegion.join(', ')}. Say which one: --bucket <name>.`,
    );
  }
  throw new CommandFailure(
    [
      `There is no archive of the stack ${stack}${region ? ` in ${region}` : ''}: no bucket ${prefix}….`,
      ...(found.length > 0 ? [`Elsewhere there is ${found.join(', ')}.`] : []),
      'Deploy it (`npx cdk deploy event-archive`), or say where it is: --stack <name>, --bucket <name>, --region <region>; the local cloud with --local.',
    ].join('\n'),
  );
}
