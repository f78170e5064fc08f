/** Fields of a log line. */
export type LogFields = Readonly<Record<string, unknown>>;

const form =
  /^fields (?<fields>[\w@., ]+)\n\| filter (?<filter>[^\n|]+)\n\| sort @timestamp asc\n\| limit \d+$/;
const equality = /^(\w+) = '\{\{id\}\}'$/;

/**
 * A saved query of CloudWatch Logs Insights, of the one form that stacks have: lines that have an id in one of
 * some fields, the oldest first.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
 */
export class LogQuery {
  /** Fields that are shown of a line, but those that CloudWatch adds. */
  readonly fields: readonly string[];
  /** Fields that an id is looked for in. */
  readonly searched: readonly string[];

  /** @throws Error when the query has another form. */
  constructor(text: string) {
    const { fields = '', filter = '' } = form.exec(text)?.groups ?? {};
    this.searched = filter.split(' or ').map(term => equality.exec(term)?.[1] ?? '');
    if (fields === '' || this.searched.includes('')) {
      throw new Error(`Not a query of the form that stacks have:\n${text}`);
    }
    this.fields = fields.split(', ').filter(field => !field.startsWith('@'));
  }

  /** Lines that the query finds; they come in the order in which they were logged. */
  find<Entry extends { readonly fields: LogFields }>(entries: readonly Entry[], id: string): Entry[] {
    return entries.filter(({ fields }) => this.searched.some(name => fields[name] === id));
  }

  /** Fields that it shows and that none of the lines has. */
  neverIn(lines: readonly LogFields[]): string[] {
    return this.fields.filter(path => !lines.some(line => valueAt(line, path) !== undefined));
  }
}

/** Value of a field, `error.name` among them. */
function valueAt(line: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (value as LogFields | undefined)?.[name], line);
}
