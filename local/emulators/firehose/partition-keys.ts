/** A query of Data Firehose's metadata extraction that the local cloud does not understand. */
export class UnsupportedQuery extends Error {
  override readonly name = 'UnsupportedQuery';
}

/** A record that has no value for a partition key. */
export class ExtractionFailed extends Error {
  override readonly name = 'ExtractionFailed';
}

type Step = (value: unknown) => unknown;

const ENTRY = /^\s*"?(\w+)"?\s*:\s*(.+?)\s*$/s;
const PATH = /^(\.[A-Za-z_]\w*)+$/;

/**
 * The partition keys of a JQ query, `{type:.event_type,id:.Message|fromjson|.order_id}`: paths of fields, and
 * JSON within a text. JQ knows more, which is refused.
 *
 * @throws UnsupportedQuery
 */
export class PartitionKeys {
  readonly #keys: readonly { readonly name: string; readonly steps: readonly Step[] }[];

  constructor(query: string) {
    const [, entries] = /^\s*\{(.*)\}\s*$/s.exec(query) ?? [];
    if (entries === undefined) throw new UnsupportedQuery(`${query} is no object of keys`);
    this.#keys = entries.split(',').map(entry => {
      const [, name = '', expression = ''] = ENTRY.exec(entry) ?? [];
      if (name === '') throw new UnsupportedQuery(`${entry} is no key`);
      return { name, steps: expression.split('|').map(step => stepOf(step.trim())) };
    });
  }

  /**
   * The values for a record.
   *
   * @throws ExtractionFailed where it is no JSON, or a key has no value in it.
   */
  of(record: string): Readonly<Record<string, string>> {
    const value = parsed(record);
    return Object.fromEntries(
      this.#keys.map(({ name, steps }) => {
        const found = steps.reduce((input, step) => step(input), value);
        if (!['string', 'number', 'boolean'].includes(typeof found) || found === '') {
          throw new ExtractionFailed(`The partition key ${name} has no value`);
        }
        return [name, String(found)];
      }),
    );
  }
}

function stepOf(text: string): Step {
  if (text === 'fromjson') return value => parsed(typeof value === 'string' ? value : undefined);
  if (!PATH.test(text)) throw new UnsupportedQuery(`${text} is neither a path of fields nor fromjson`);
  const fields = text.slice(1).split('.');
  return value => fields.reduce(fieldOf, value);
}

/** As JQ has it: the field of nothing is nothing, and that of a text or number an error. */
function fieldOf(value: unknown, field: string): unknown {
  if (value === null || value === undefined) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new ExtractionFailed(
      `Cannot index ${Array.isArray(value) ? 'array' : typeof value} with "${field}"`,
    );
  }
  return (value as Record<string, unknown>)[field];
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    throw new ExtractionFailed('The record is not valid JSON');
  }
}
