import { type Expression, parseExpression, UnsupportedExpression } from './expression-parser.ts';

/** Values of a metric, one a period; undefined where it reported nothing. */
export type Series = readonly (number | undefined)[];

type Value =
  | { readonly kind: 'scalar'; readonly value: number }
  | { readonly kind: 'series'; readonly values: Series }
  | { readonly kind: 'list'; readonly items: readonly Series[] };

/** What an expression may refer to. */
export interface MathContext {
  /** Length of a period in seconds, as declared. */
  readonly periodSeconds: number;
  /** Periods in every series. */
  readonly length: number;
  /** Series of the metrics, not of the expressions, by id. */
  readonly metrics: ReadonlyMap<string, Series>;
  /** Finds the series of a metric or an expression by id. */
  find(id: string): Series | undefined;
}

const scalar = (value: number): Value => ({ kind: 'scalar', value });
const series = (values: Series): Value => ({ kind: 'series', values });
const truth = (value: boolean) => (value ? 1 : 0);

const OPERATIONS: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '^': (left, right) => left ** right,
  '==': (left, right) => truth(left === right),
  '!=': (left, right) => truth(left !== right),
  '<': (left, right) => truth(left < right),
  '<=': (left, right) => truth(left <= right),
  '>': (left, right) => truth(left > right),
  '>=': (left, right) => truth(left >= right),
  AND: (left, right) => truth(left !== 0 && right !== 0),
  '&&': (left, right) => truth(left !== 0 && right !== 0),
  OR: (left, right) => truth(left !== 0 || right !== 0),
  '||': (left, right) => truth(left !== 0 || right !== 0),
};

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

/** Functions that make one series of several, period by period. */
const AGGREGATES: Readonly<Record<string, (known: readonly number[], count: number) => number>> = {
  SUM: total,
  // Unlike the others, the average counts a missing value as 0.
  AVG: (known, count) => total(known) / count,
  MAX: known => Math.max(...known),
  MIN: known => Math.min(...known),
};

/** Functions of each value by itself. */
const EACH: Readonly<Record<string, (value: number) => number>> = {
  ABS: Math.abs,
  CEIL: Math.ceil,
  FLOOR: Math.floor,
};

/**
 * Makes a series of a metric math expression.
 *
 * Evaluated are arithmetic, comparisons, AND, OR, `SUM`, `AVG`, `MAX` and `MIN` of several series, `FILL` by a
 * value or `REPEAT`, `IF`, `ABS`, `CEIL`, `FLOOR`, `METRICS` and `PERIOD`. Functions that make one number of a
 * whole series are refused: their value depends on how far back CloudWatch looks.
 *
 * @throws UnsupportedExpression naming what is not evaluated
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export function evaluateExpression(source: string, context: MathContext): Series {
  const value = new Evaluation(context).of(parseExpression(source));
  if (value.kind === 'series') return value.values;
  throw new UnsupportedExpression(
    `${JSON.stringify(source)} gives ${describe(value)}, an alarm needs one series`,
  );
}

const describe = ({ kind }: Value) =>
  ({ scalar: 'a number', series: 'a series', list: 'several series' })[kind];

class Evaluation {
  readonly #context: MathContext;

  constructor(context: MathContext) {
    this.#context = context;
  }

  of(expression: Expression): Value {
    switch (expression.kind) {
      case 'number':
        return scalar(expression.value);
      case 'text':
        throw new UnsupportedExpression(`the text ${JSON.stringify(expression.value)} is no value`);
      case 'name':
        return series(this.#find(expression.name));
      case 'list':
        return { kind: 'list', items: expression.items.flatMap(item => this.#seriesOf(item)) };
      case 'negation':
        return combine('-', scalar(0), this.of(expression.of));
      case 'operation':
        return combine(expression.operator, this.of(expression.left), this.of(expression.right));
      case 'call':
        return this.#call(expression.name, expression.parameters);
    }
  }

  #find(id: string): Series {
    const found = this.#context.find(id);
    if (found === undefined) throw new UnsupportedExpression(`there is no metric ${id}`);
    return found;
  }

  #seriesOf(expression: Expression): readonly Series[] {
    const value = this.of(expression);
    if (value.kind === 'list') return value.items;
    if (value.kind === 'series') return [value.values];
    throw new UnsupportedExpression('a list may hold series only');
  }

  #call(name: string, parameters: readonly Expression[]): Value {
    const [first, second, third] = parameters;
    if (name === 'METRICS') return this.#metrics(first);
    const isKnown = name in AGGREGATES || name in EACH || ['FILL', 'IF', 'PERIOD'].includes(name);
    if (first === undefined || !isKnown) throw new UnsupportedExpression(`${name} is not evaluated locally`);
    if (name === 'PERIOD' && first.kind === 'name') return scalar(this.#context.periodSeconds);
    if (name === 'IF' && second !== undefined) return this.#choose(first, second, third);
    const value = this.of(first);
    const aggregate = AGGREGATES[name];
    if (aggregate !== undefined && parameters.length === 1 && value.kind === 'list') {
      return series(aggregateBy(aggregate, value.items, this.#context.length));
    }
    const each = EACH[name];
    if (each !== undefined && parameters.length === 1) {
      return overEach(value, values => values.map(item => (item === undefined ? undefined : each(item))));
    }
    if (name === 'FILL' && second !== undefined) return overEach(value, this.#filler(second));
    throw new UnsupportedExpression(`${name} of ${describe(value)} is not evaluated locally`);
  }

  #metrics(filter: Expression | undefined): Value {
    if (filter !== undefined && filter.kind !== 'text')
      throw new UnsupportedExpression('METRICS takes a text');
    const items = [...this.#context.metrics]
      .filter(([id]) => filter === undefined || id.includes(filter.value))
      .map(([, values]) => values);
    return { kind: 'list', items };
  }

  #filler(filling: Expression): (values: Series) => Series {
    if (filling.kind === 'name' && filling.name === 'REPEAT') {
      return values => {
        let last: number | undefined;
        return values.map(value => {
          last = value ?? last;
          return last;
        });
      };
    }
    if (filling.kind === 'name' && filling.name === 'LINEAR') {
      throw new UnsupportedExpression('FILL by LINEAR is not evaluated locally');
    }
    const filler = this.of(filling);
    if (filler.kind === 'list')
      throw new UnsupportedExpression('FILL by several series is not evaluated locally');
    return values => values.map((value, place) => value ?? at(filler, place));
  }

  #choose(condition: Expression, yes: Expression, no: Expression | undefined): Value {
    const test = this.of(condition);
    const whenTrue = this.of(yes);
    const whenFalse = no === undefined ? undefined : this.of(no);
    if (test.kind !== 'series')
      throw new UnsupportedExpression(`IF of ${describe(test)} is not evaluated locally`);
    return series(
      test.values.map((value, place) => {
        if (value === undefined) return undefined;
        if (value !== 0) return at(whenTrue, place);
        return whenFalse === undefined ? undefined : at(whenFalse, place);
      }),
    );
  }
}

function at(value: Value, place: number): number | undefined {
  if (value.kind === 'scalar') return value.value;
  if (value.kind === 'series') return value.values[place];
  throw new UnsupportedExpression('several series stand where one value is needed');
}

function overEach(value: Value, change: (values: Series) => Series): Value {
  if (value.kind === 'series') return series(change(value.values));
  if (value.kind === 'list') return { kind: 'list', items: value.items.map(change) };
  throw new UnsupportedExpression('a number stands where a series is needed');
}

function aggregateBy(
  aggregate: (known: readonly number[], count: number) => number,
  items: readonly Series[],
  length: number,
): Series {
  return Array.from({ length }, (_, place) => {
    const known = items.map(item => item[place]).filter(value => value !== undefined);
    return known.length === 0 ? undefined : aggregate(known, items.length);
  });
}

function combine(operator: string, left: Value, right: Value): Value {
  const operation = OPERATIONS[operator];
  if (operation === undefined)
    throw new UnsupportedExpression(`operator ${operator} is not evaluated locally`);
  if (left.kind === 'scalar' && right.kind === 'scalar') return scalar(operation(left.value, right.value));
  if (left.kind === 'list') return overEach(left, values => combineSeries(operation, series(values), right));
  if (right.kind === 'list') return overEach(right, values => combineSeries(operation, left, series(values)));
  return series(combineSeries(operation, left, right));
}

function combineSeries(
  operation: (left: number, right: number) => number,
  left: Value,
  right: Value,
): Series {
  if (left.kind === 'list' || right.kind === 'list') {
    throw new UnsupportedExpression('an operation on two lists is not evaluated locally');
  }
  const length =
    left.kind === 'series' ? left.values.length : right.kind === 'series' ? right.values.length : 0;
  return Array.from({ length }, (_, place) => {
    const one = at(left, place);
    const other = at(right, place);
    // Where neither series has a value there is no point; where one has, the other's counts as 0.
    const isPoint =
      (left.kind === 'series' && one !== undefined) || (right.kind === 'series' && other !== undefined);
    if (!isPoint) return undefined;
    const result = operation(one ?? 0, other ?? 0);
    // A division by zero drops the point.
    return Number.isFinite(result) ? result : undefined;
  });
}
