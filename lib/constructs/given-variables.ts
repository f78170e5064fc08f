/** The variables of a program that have a value; those without are not set at all. */
export function givenVariables(environment: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter((variable): variable is [string, string] => variable[1] !== undefined),
  );
}
