/** Thrown for a pattern that is not in the part of the language that is evaluated here. */
export class FilterPatternError extends Error {
  override readonly name = 'FilterPatternError';
}

type Condition = (event: unknown) => boolean;

const longestPattern = 1_024;
const tokens = /\s*(&&|\|\||!=|=|\(|\)|"[^"]*"|\$(?:\.\w+)+|\w+)/y;

/**
 * A filter pattern of CloudWatch Logs for JSON, as far as it is sure what CloudWatch makes of it: texts, in
 * quotes, with `*` for anything, compared by `=` and `!=`; `NOT EXISTS`; `&&` before `||`; parentheses.
 *
 * `=` holds of no field that is not there. Of `!=`, AWS does not say it, so that asking it of such a field is an
 * error here.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export class FilterPattern {
  readonly #matches: Condition;

  /** @throws FilterPatternError when it cannot be read. */
  constructor(pattern: string) {
    if (pattern.length > longestPattern)
      throw new FilterPatternError(`${pattern.length} characters; CloudWatch takes ${longestPattern}`);
    const [, inner] = /^\{(.*)\}$/s.exec(pattern.trim()) ?? [];
    if (inner === undefined) throw new FilterPatternError(`No { … }: ${pattern}`);
    const parser = new Parser(inner);
    this.#matches = parser.all();
  }

  /** @throws FilterPatternError when the answer depends on what AWS does not say. */
  matches(event: unknown): boolean {
    return this.#matches(event);
  }
}

class Parser {
  readonly #tokens: string[] = [];
  #next = 0;

  constructor(text: string) {
    const reading = new RegExp(tokens);
    let end = 0;
    for (let found = reading.exec(text); found; found = reading.exec(text)) {
      this.#tokens.push(found[1] ?? '');
      end = reading.lastIndex;
    }
    if (text.slice(end).trim() !== '') throw new FilterPatternError(`Cannot read: ${text.slice(end)}`);
  }

  all(): Condition {
    const condition = this.#or();
    if (this.#peek() !== undefined) throw new FilterPatternError(`Left over: ${this.#peek()}`);
    return condition;
  }

  #or(): Condition {
    const terms = [this.#and()];
    while (this.#take('||')) terms.push(this.#and());
    return event => terms.some(term => term(event));
  }

  #and(): Condition {
    const terms = [this.#term()];
    while (this.#take('&&')) terms.push(this.#term());
    return event => terms.every(term => term(event));
  }

  #term(): Condition {
    if (this.#take('(')) {
      const inner = this.#or();
      this.#require(')');
      return inner;
    }
    const selector = this.#tokens[this.#next++] ?? '';
    if (!selector.startsWith('$.')) throw new FilterPatternError(`Not a field: ${selector}`);
    const path = selector.split('.').slice(1);
    if (this.#take('NOT')) {
      this.#require('EXISTS');
      return event => valueAt(event, path) === undefined;
    }
    const operator = this.#tokens[this.#next++];
    if (operator !== '=' && operator !== '!=') throw new FilterPatternError(`Not an operator: ${operator}`);
    const quoted = this.#tokens[this.#next++] ?? '';
    if (!quoted.startsWith('"')) throw new FilterPatternError(`Not in quotes: ${quoted}`);
    const expected = new RegExp(`^${quoted.slice(1, -1).split('*').map(escaped).join('.*')}$`, 's');
    return event => {
      const text = textAt(event, path);
      if (operator === '=') return text !== undefined && expected.test(text);
      if (text === undefined) throw new FilterPatternError(`${selector} is not there, and asked by !=`);
      return !expected.test(text);
    };
  }

  #peek(): string | undefined {
    return this.#tokens[this.#next];
  }

  #take(token: string): boolean {
    if (this.#peek() !== token) return false;
    this.#next++;
    return true;
  }

  #require(token: string): void {
    if (!this.#take(token)) throw new FilterPatternError(`${token} is missing before ${this.#peek()}`);
  }
}

function escaped(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
}

function valueAt(event: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, name)
        ? (value as Readonly<Record<string, unknown>>)[name]
        : undefined,
    event,
  );
}

function textAt(event: unknown, path: readonly string[]): string | undefined {
  const value = valueAt(event, path);
  return typeof value === 'string' ? value : undefined;
}
