import { arnLike, isOpen, like, same } from './pattern.ts';
import { type ConditionBlock, listOf } from './policy-document.ts';
import { every, not, some, type Ternary, ternary } from './ternary.ts';

/**
 * The condition keys of a request: the value, or undefined where AWS sends none. Of a key that is not
 * here, nothing is known.
 */
export type RequestContext = Readonly<Record<string, string | undefined>>;

type Comparison = (wanted: string, text: string) => Ternary;

const ignoringCase: Comparison = (wanted, text) => same(wanted.toLowerCase(), text.toLowerCase());

/** Operators that hold when one of the values compares. */
const comparisons: Readonly<Record<string, Comparison>> = {
  arnequals: arnLike,
  arnlike: arnLike,
  bool: ignoringCase,
  stringequals: same,
  stringequalsignorecase: ignoringCase,
  stringlike: like,
};

/** Operators that hold when none of the values compares, and so of a key that is not sent. */
const negations: Readonly<Record<string, Comparison>> = {
  arnnotequals: arnLike,
  arnnotlike: arnLike,
  stringnotequals: same,
  stringnotequalsignorecase: ignoringCase,
  stringnotlike: like,
};

/** The operators that are understood; each of these but `Null` also with `IfExists`. */
export const knownOperators = ['null', ...Object.keys(comparisons), ...Object.keys(negations)];

/**
 * Whether a request meets every condition. An operator that is not understood, a policy variable or a
 * key of which nothing is known leaves it open.
 */
export function meets(conditions: ConditionBlock | undefined, context: RequestContext): Ternary {
  const asked = Object.entries(conditions ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({ operator, key, values: listOf(values).map(String) })),
  );
  return every(asked, ({ operator, key, values }) => holds(operator, key, values, context));
}

function holds(operator: string, key: string, values: readonly string[], context: RequestContext): Ternary {
  const lowered = operator.toLowerCase();
  const ifExists = lowered.endsWith('ifexists');
  const base = ifExists ? lowered.slice(0, -'ifexists'.length) : lowered;
  const entry = entryOf(context, key);
  if (base === 'null' && !ifExists) {
    if (!entry) return 'unknown';
    return some(values, value => nullHolds(value, entry.value === undefined));
  }
  const comparison = comparisons[base];
  const compare = comparison ?? negations[base];
  if (!compare || !entry) return 'unknown';
  const { value: sent } = entry;
  if (sent === undefined) return ternary(ifExists || !comparison);
  const compared = some(values, value => compare(value, sent));
  return comparison ? compared : not(compared);
}

function nullHolds(value: string, isAbsent: boolean): Ternary {
  if (isOpen(value)) return 'unknown';
  return ternary((value.toLowerCase() === 'true') === isAbsent);
}

/** Names of condition keys differ in no case. */
function entryOf(context: RequestContext, key: string): { readonly value: string | undefined } | undefined {
  if (Object.hasOwn(context, key)) return { value: context[key] };
  const lowered = key.toLowerCase();
  const name = Object.keys(context).find(known => known.toLowerCase() === lowered);
  return name === undefined ? undefined : { value: context[name] };
}
