import * as v from 'valibot';

/** Schema of a function's or worker's environment variables: strings in, whatever it parses them to out. */
export type EnvironmentSchema = v.ObjectSchema<v.ObjectEntries, undefined>;

/** What a stack must set for a function: the compiler asks for each variable. */
export type EnvironmentInput<Schema extends EnvironmentSchema> = v.InferInput<Schema>;

/** What every function here reads. */
export const commonEnvironment = {
  LOG_LEVEL: v.picklist(['DEBUG', 'INFO', 'WARN', 'ERROR']),
};

/** A variable that must be there and not be empty. */
export const required = v.pipe(v.string(), v.minLength(1));

/** Whole seconds, within a range. */
export const seconds = (least: number, most: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d+$/, 'expected whole seconds'),
    v.transform(Number),
    v.check(value => value >= least && value <= most, `expected ${least} to ${most} seconds`),
  );

/** Thrown at cold start, so that a wrong deployment fails at once and by name. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

/**
 * Parses environment variables.
 *
 * @throws EnvironmentError naming every variable that is missing or wrong.
 */
export function parseEnvironment<Schema extends EnvironmentSchema>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>>,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, environment);
  if (result.success) return result.output;
  const faults = result.issues.map(issue => {
    const name = v.getDotPath(issue) ?? 'environment';
    return `${name} ${environment[name] === undefined ? 'is not set' : `is "${environment[name]}"`} (${issue.message})`;
  });
  throw new EnvironmentError(
    `Environment variables: ${faults.join('; ')}. The stack sets them; deploy it again.`,
  );
}
