/** An expression in a prefix that the local cloud does not understand. */
export class UnsupportedPrefix extends Error {
  override readonly name = 'UnsupportedPrefix';
}

/** What is put into a prefix when an object is written. */
export interface PrefixValues {
  /** When the oldest record of the object arrived. */
  readonly arrivedAt: Date;
  readonly partitionKeys?: Readonly<Record<string, string>>;
  /** What failed, of what could not be processed. */
  readonly errorOutputType?: string;
}

const EXPRESSION = /!\{(\w+):([^}]+)\}/g;
const WITHOUT_EXPRESSION = '!{timestamp:yyyy/MM/dd/HH}/';

/**
 * Where objects are put, with expressions for what is known when they are written.
 *
 * @throws UnsupportedPrefix
 * @see https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html
 */
export class ObjectPrefix {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text.includes('!{') ? text : text + WITHOUT_EXPRESSION;
    // What is not understood shows now, not when the first object is written.
    for (const [, namespace = '', argument = ''] of this.#text.matchAll(EXPRESSION)) {
      requireUnderstood(namespace, argument);
    }
  }

  evaluate(values: PrefixValues): string {
    return this.#text.replace(EXPRESSION, (_, namespace: string, argument: string) => {
      switch (namespace) {
        case 'timestamp':
          return formatted(values.arrivedAt, argument);
        case 'partitionKeyFromQuery':
          return values.partitionKeys?.[argument] ?? '';
        default:
          return values.errorOutputType ?? '';
      }
    });
  }
}

function requireUnderstood(namespace: string, argument: string): void {
  const understood =
    (namespace === 'timestamp' && /^(yyyy|YYYY|MM|dd|HH|mm|ss|[^A-Za-z'])*$/.test(argument)) ||
    namespace === 'partitionKeyFromQuery' ||
    (namespace === 'firehose' && argument === 'error-output-type');
  if (!understood) throw new UnsupportedPrefix(`!{${namespace}:${argument}} is not understood`);
}

/** A date in UTC, in the letters of Java. */
export function formatted(date: Date, format: string): string {
  const [year = '', month = '', day = '', hour = '', minute = '', second = ''] = date
    .toISOString()
    .split(/\D/);
  const parts: Readonly<Record<string, string>> = { MM: month, dd: day, HH: hour, mm: minute, ss: second };
  return format.replace(/yyyy|YYYY|MM|dd|HH|mm|ss/g, letters => parts[letters] ?? year);
}
