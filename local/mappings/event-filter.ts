/** A filter pattern that Lambda would refuse, or that uses an operator that is not evaluated locally. */
export class UnsupportedFilter extends Error {
  override readonly name = 'UnsupportedFilter';
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };
type Test = (value: Json | undefined) => boolean;

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

/**
 * Compiles filter patterns into a test of a message's body; a message passes if it meets any of them.
 *
 * A body whose form (JSON object or plain text) is not the pattern's never passes.
 *
 * @throws UnsupportedFilter
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html
 */
export function compileFilter(patterns: readonly string[]): (body: string) => boolean {
  if (patterns.length === 0) return () => true;
  const tests = patterns.map(compilePattern);
  return body => tests.some(test => test(body));
}

function compilePattern(text: string): (body: string) => boolean {
  const pattern = parse(text);
  if (!isObject(pattern)) throw new UnsupportedFilter(`A filter pattern must be a JSON object: ${text}`);
  const other = Object.keys(pattern).find(key => key !== 'body');
  if (other !== undefined) {
    throw new UnsupportedFilter(
      `A filter pattern of a queue may name "body" only; this one names ${JSON.stringify(other)}`,
    );
  }
  const expected = pattern.body;
  if (expected === undefined) return () => true;
  if (isObject(expected)) {
    const test = compileObject(expected, 'body');
    return body => {
      const value = parse(body);
      return isObject(value) && test(value);
    };
  }
  const test = compileRules(expected, 'body');
  return body => !isObject(parse(body)) && test(body);
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function compileObject(pattern: JsonObject, path: string): (value: JsonObject) => boolean {
  const tests = Object.entries(pattern).map(([key, expected]) => {
    const at = `${path}.${key}`;
    if (key === '$or') return compileAlternatives(expected, path);
    if (isObject(expected)) {
      const test = compileObject(expected, at);
      return (value: JsonObject) => {
        const child = value[key];
        return isObject(child) && test(child);
      };
    }
    const test = compileRules(expected, at);
    return (value: JsonObject) => test(value[key]);
  });
  return value => tests.every(test => test(value));
}

function compileAlternatives(alternatives: Json, path: string): (value: JsonObject) => boolean {
  if (!isList(alternatives)) throw new UnsupportedFilter(`${path}.$or must be a list of patterns`);
  const tests = alternatives.map(alternative => {
    if (!isObject(alternative)) throw new UnsupportedFilter(`${path}.$or must be a list of patterns`);
    return compileObject(alternative, path);
  });
  return value => tests.some(test => test(value));
}

function compileRules(rules: Json, path: string): Test {
  if (!isList(rules)) {
    throw new UnsupportedFilter(
      `${path} must be a list of values and operators, not ${JSON.stringify(rules)}`,
    );
  }
  const tests = rules.map(rule => (isObject(rule) ? compileOperator(rule, path) : equals(rule)));
  return value => tests.some(test => test(value));
}

// A list in a message meets a rule if one of its elements does.
const ofAny =
  (test: Test): Test =>
  value =>
    isList(value) ? value.some(test) : test(value);

const equals = (expected: Json): Test => ofAny(value => value === expected);

const ofText = (test: (value: string) => boolean): Test =>
  ofAny(value => typeof value === 'string' && test(value));

function compileOperator(rule: JsonObject, path: string): Test {
  const [operator, ...others] = Object.keys(rule);
  const operand = operator === undefined ? undefined : rule[operator];
  const refuse = (): never => {
    throw new UnsupportedFilter(
      `${path}: ${JSON.stringify(rule)} is not evaluated locally; there are exact values, prefix, suffix, ` +
        'equals-ignore-case, anything-but with values, numeric, exists and $or',
    );
  };
  if (others.length > 0) return refuse();
  if (operator === 'exists' && typeof operand === 'boolean')
    return value => (value !== undefined) === operand;
  if (operator === 'prefix' && typeof operand === 'string') return ofText(value => value.startsWith(operand));
  if (operator === 'suffix' && typeof operand === 'string') return ofText(value => value.endsWith(operand));
  if (operator === 'equals-ignore-case' && typeof operand === 'string') {
    return ofText(value => value.toLowerCase() === operand.toLowerCase());
  }
  if (operator === 'anything-but' && operand !== undefined && !isObject(operand)) {
    const excluded = isList(operand) ? operand : [operand];
    return ofAny(value => value !== undefined && !excluded.includes(value));
  }
  if (operator === 'numeric' && isList(operand)) return compileComparison(operand) ?? refuse();
  return refuse();
}

const COMPARISONS: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  '=': (value, limit) => value === limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
};

function compileComparison(operand: readonly Json[]): Test | undefined {
  const tests: ((value: number) => boolean)[] = [];
  for (let place = 0; place < operand.length; place += 2) {
    const sign = operand[place];
    const limit = operand[place + 1];
    const compare = typeof sign === 'string' ? COMPARISONS[sign] : undefined;
    if (compare === undefined || typeof limit !== 'number') return undefined;
    tests.push(value => compare(value, limit));
  }
  if (tests.length === 0) return undefined;
  return ofAny(value => typeof value === 'number' && tests.every(test => test(value)));
}
