export type OneOrMore<T> = T | readonly T[];

/** A statement of a policy, its references resolved as far as they can be. */
export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: '*' | Readonly<Record<string, OneOrMore<string>>>;
  readonly NotPrincipal?: unknown;
  readonly Action?: OneOrMore<string>;
  readonly NotAction?: OneOrMore<string>;
  readonly Resource?: OneOrMore<string>;
  readonly NotResource?: OneOrMore<string>;
  readonly Condition?: ConditionBlock;
}

/** Operators, each with the keys that it looks at and the values that it compares them with. */
export type ConditionBlock = Readonly<Record<string, Readonly<Record<string, OneOrMore<string | boolean>>>>>;

/** A policy and what it is called in messages. */
export interface Policy {
  readonly name: string;
  readonly statements: readonly PolicyStatement[];
}

/** What a policy says once or several times. */
export function listOf<T>(values: OneOrMore<T> | undefined): readonly T[] {
  if (values === undefined) return [];
  return Array.isArray(values) ? values : [values as T];
}
