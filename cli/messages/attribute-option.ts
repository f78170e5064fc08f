import { InvalidArgumentError } from 'commander';
import type { MessageAttribute, MessageAttributes } from '../queues/queues.ts';

const form = /^([\w.-]{1,256})(?::((?:String|Number|Binary)(?:\.[^=]+)?))?=(.*)$/s;
const reservedName = /^(aws|amazon)\./i;

/**
 * Collects `--attribute name=value`, `name:Number=42` and `name:Binary=<base64>`.
 *
 * @throws InvalidArgumentError, saying what is allowed.
 */
export function messageAttribute(text: string, earlier: MessageAttributes = {}): MessageAttributes {
  const [, name, dataType = 'String', value = ''] = form.exec(text) ?? [];
  if (!name) {
    throw new InvalidArgumentError(
      'Allowed is name=value, name:Number=42 or name:Binary=<base64>; names have letters, digits, _, - and dots.',
    );
  }
  if (reservedName.test(name)) {
    throw new InvalidArgumentError('Names that begin with AWS. or Amazon. are reserved: choose another.');
  }
  return { ...earlier, [name]: attributeOf(dataType, value) };
}

function attributeOf(dataType: string, value: string): MessageAttribute {
  if (value === '') throw new InvalidArgumentError('SQS takes no attribute without a value.');
  if (dataType.startsWith('Number') && !Number.isFinite(Number(value))) {
    throw new InvalidArgumentError(`"${value}" is no number: leave :Number out to send it as text.`);
  }
  return dataType.startsWith('Binary')
    ? { dataType, value: Buffer.from(value, 'base64') }
    : { dataType, value };
}
