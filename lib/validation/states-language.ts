/**
 * A state of the Amazon States Language, as far as it is looked at.
 *
 * @see https://states-language.net/spec.html
 */
export interface State {
  readonly Type?: string;
  readonly Resource?: unknown;
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly Arguments?: Readonly<Record<string, unknown>>;
  readonly Branches?: readonly Machine[];
  readonly Iterator?: Machine;
  readonly ItemProcessor?: Machine;
  readonly [field: string]: unknown;
}

export interface Machine {
  readonly States?: Readonly<Record<string, State>>;
}

/** A definition as a template has it: its text, or what the text would say; undefined where it is neither. */
export function parsedDefinition(text: string | undefined, definition: unknown): Machine | undefined {
  if (text === undefined) return definition as Machine | undefined;
  try {
    return JSON.parse(text) as Machine;
  } catch {
    return undefined;
  }
}

/** The states at every depth. */
export function statesOf(machine: Machine): readonly (readonly [name: string, state: State])[] {
  return Object.entries(machine.States ?? {}).flatMap(([name, state]) => {
    const inner = [...(state.Branches ?? []), state.Iterator, state.ItemProcessor].filter(
      nested => nested !== undefined,
    );
    return [[name, state] as const, ...inner.flatMap(statesOf)];
  });
}
