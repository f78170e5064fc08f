/** What differs, for `until`; undefined where nothing does. */
export function unequal(what: string, actual: unknown, expected: unknown): string | undefined {
  return actual === expected ? undefined : `${what}: ${String(actual)} instead of ${String(expected)}`;
}

/** @throws Error where two values differ. */
export function expectEqual(what: string, actual: unknown, expected: unknown): void {
  const difference = unequal(what, actual, expected);
  if (difference !== undefined) throw new Error(difference);
}

/** Values that come more than once. */
export function repeated<Value>(values: readonly Value[]): Value[] {
  const seen = new Set<Value>();
  return values.filter(value => seen.size === seen.add(value).size);
}
