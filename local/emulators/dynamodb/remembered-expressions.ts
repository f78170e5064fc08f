/** The part of a request that an expression is parsed in; parsing crosses off what the expression uses. */
interface ParsingContext {
  readonly attrNames?: object;
  readonly attrVals?: object;
  readonly unusedAttrNames: Record<string, true>;
  readonly unusedAttrVals: Record<string, true>;
  readonly isKeyCondition?: boolean;
}

export interface ExpressionParser {
  parse(expression: string, options: { readonly context: ParsingContext }): object;
}

interface Remembered {
  /** As JSON, because who gets a parsed expression may change it. */
  readonly parsed: string;
  readonly names: readonly string[];
  readonly values: readonly string[];
}

/** Expressions of a running system are few; values in them may not be. */
const LIMIT = 2_000;

/**
 * Lets a parser of expressions parse each once: systems send the same few expressions with every write, and
 * parsing them is most of what dynalite does for a write.
 */
export function rememberExpressions(parser: ExpressionParser): void {
  const parse = parser.parse;
  const remembered = new Map<string, Remembered>();
  parser.parse = (expression, { context }) => {
    const { attrNames, attrVals } = context;
    const key = JSON.stringify([expression, context.isKeyCondition, attrNames, attrVals]);
    let known = remembered.get(key);
    if (known === undefined) {
      const unusedAttrNames = allOf(attrNames);
      const unusedAttrVals = allOf(attrVals);
      const parsed = parse(expression, { context: { ...context, unusedAttrNames, unusedAttrVals } });
      known = {
        parsed: JSON.stringify(parsed),
        names: missing(attrNames, unusedAttrNames),
        values: missing(attrVals, unusedAttrVals),
      };
      if (remembered.size >= LIMIT) {
        remembered.clear();
      }
      remembered.set(key, known);
    }
    for (const name of known.names) {
      delete context.unusedAttrNames[name];
    }
    for (const value of known.values) {
      delete context.unusedAttrVals[value];
    }
    return JSON.parse(known.parsed) as object;
  };
}

function allOf(names: object | undefined): Record<string, true> {
  return Object.fromEntries(Object.keys(names ?? {}).map(name => [name, true]));
}

function missing(all: object | undefined, unused: object): readonly string[] {
  return Object.keys(all ?? {}).filter(name => !(name in unused));
}
