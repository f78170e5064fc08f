/** A metric math expression, taken apart. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'call'; readonly name: string; readonly parameters: readonly Expression[] }
  | { readonly kind: 'negation'; readonly of: Expression }
  | {
      readonly kind: 'operation';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    };

/** An expression that is not metric math, or uses what is not evaluated locally. */
export class UnsupportedExpression extends Error {
  override readonly name = 'UnsupportedExpression';
}

/** Operators that bind equally, the loosest first. */
const LEVELS = [
  ['OR', '||'],
  ['AND', '&&'],
  ['==', '!=', '<=', '>=', '<', '>'],
  ['+', '-'],
  ['*', '/'],
  ['^'],
];

const TOKEN =
  /\s*(?:(\d+(?:\.\d+)?|\.\d+)|([A-Za-z_]\w*)|"([^"]*)"|'([^']*)'|(==|!=|<=|>=|&&|\|\||[-+*/^<>()[\],]))/y;

interface Token {
  readonly kind: 'number' | 'word' | 'text' | 'sign';
  readonly text: string;
}

/**
 * Parses a metric math expression.
 *
 * @throws UnsupportedExpression
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html#metric-math-syntax
 */
export function parseExpression(source: string): Expression {
  const tokens = tokenize(source);
  let place = 0;
  const refuse = (): never => {
    const found = tokens[place]?.text ?? 'the end';
    throw new UnsupportedExpression(`${JSON.stringify(source)} cannot be read at ${found}`);
  };
  const peek = () => tokens[place];
  const takeSign = (sign: string): boolean => {
    const token = peek();
    if (token?.kind !== 'sign' || token.text !== sign) return false;
    place += 1;
    return true;
  };

  function binary(level: number): Expression {
    const operators = LEVELS[level];
    if (operators === undefined) return unary();
    let left = binary(level + 1);
    for (let token = peek(); token !== undefined && token.kind !== 'text'; token = peek()) {
      if (!operators.includes(token.text)) break;
      place += 1;
      left = { kind: 'operation', operator: token.text, left, right: binary(level + 1) };
    }
    return left;
  }

  function unary(): Expression {
    return takeSign('-') ? { kind: 'negation', of: unary() } : primary();
  }

  function sequence(closing: string): Expression[] {
    const items: Expression[] = [];
    if (takeSign(closing)) return items;
    do items.push(binary(0));
    while (takeSign(','));
    if (!takeSign(closing)) refuse();
    return items;
  }

  function primary(): Expression {
    if (takeSign('(')) {
      const inner = binary(0);
      return takeSign(')') ? inner : refuse();
    }
    if (takeSign('[')) return { kind: 'list', items: sequence(']') };
    const token = peek();
    if (token === undefined || token.kind === 'sign') return refuse();
    place += 1;
    if (token.kind === 'number') return { kind: 'number', value: Number(token.text) };
    if (token.kind === 'text') return { kind: 'text', value: token.text };
    return takeSign('(')
      ? { kind: 'call', name: token.text, parameters: sequence(')') }
      : { kind: 'name', name: token.text };
  }

  const expression = binary(0);
  return place === tokens.length ? expression : refuse();
}

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  const trimmed = source.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < trimmed.length) {
    const start = TOKEN.lastIndex;
    const match = TOKEN.exec(trimmed);
    if (match === null) {
      throw new UnsupportedExpression(
        `${JSON.stringify(source)} cannot be read at ${trimmed.slice(start).trim()}`,
      );
    }
    const [, number, word, doubleQuoted, singleQuoted, sign] = match;
    if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
    else tokens.push({ kind: 'text', text: doubleQuoted ?? singleQuoted ?? '' });
  }
  return tokens;
}
