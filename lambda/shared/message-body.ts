import * as v from 'valibot';
import type { EventSelection } from '../../contracts/events.ts';
import { BadMessageError, UnknownEventTypeError } from './failures.ts';
import { jsonFault } from './json-fault.ts';

/** A body as JSON. */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new BadMessageError(
      `The message body is not JSON. ${jsonFault(error, body.length)}. Publish events through their family's encode().`,
    );
  }
}

/**
 * An event from a body's JSON.
 *
 * @throws UnknownEventTypeError when it is an event of a type that was not selected.
 * @throws BadMessageError naming every field that is wrong.
 */
export function parseEvent<Event>(content: unknown, selection: EventSelection<Event>): Event {
  const type = textField(content, 'event_type');
  if (type !== undefined && !selection.types.includes(type)) {
    throw new UnknownEventTypeError(
      `Event type ${JSON.stringify(type)} is none that this consumer takes (${selection.types.join(', ')}). ` +
        "Compare the subscription's filter policy with the consumer's selection.",
    );
  }
  const result = v.safeParse(selection.schema, content);
  if (result.success) return result.output;
  if (textField(content, 'Type') === 'Notification') {
    throw new BadMessageError(
      'The message body is an SNS envelope, not an event. Turn raw message delivery on for the subscription.',
    );
  }
  const faults = result.issues.map(issue => `${v.getDotPath(issue) ?? 'body'}: ${issue.message}`);
  throw new BadMessageError(`The message body is no ${type ?? 'known'} event: ${faults.join('; ')}.`);
}

/** A text field of what may be an object, for log lines about messages that do not parse. */
export function textField(content: unknown, name: string): string | undefined {
  if (typeof content !== 'object' || content === null) return undefined;
  const value: unknown = (content as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value.slice(0, 128) : undefined;
}
