import * as v from 'valibot';
import { type MailEvent, mailEvent } from '../../contracts/mail-events.ts';
import { BadMessageError } from '../shared/failures.ts';
import { textField } from '../shared/message-body.ts';

/**
 * What SES tells of a mail, from a body's JSON.
 *
 * @throws BadMessageError naming every member that is wrong, and no address.
 */
export function parseMailEvent(content: unknown): MailEvent {
  const result = v.safeParse(mailEvent, content);
  if (result.success) return result.output;
  const places = result.issues.map(issue => v.getDotPath(issue) ?? 'body');
  throw new BadMessageError(
    `The message body is no event of a mail that was not read (${[...new Set(places)].join(', ')}; event type ` +
      `${textField(content, 'eventType') ?? 'none'}). Compare the event types of the configuration set's destination ` +
      'with contracts/mail-events.ts.',
  );
}
