import type { MailEvent } from '../../contracts/mail-events.ts';
import { PermanentFailure } from '../shared/failures.ts';
import type { Handled } from '../shared/queue-consumer.ts';
import { onCurrentState, type VersionedStates } from '../shared/versioned-items.ts';
import { decideMailEvent, type Undeliverable } from './domain/undeliverable.ts';
import { readerIdOf } from './reader-id.ts';

/** A mail that SES took never left. */
export class MailLostError extends PermanentFailure {
  override readonly name = 'MailLostError';
}

export interface UndeliverableNotingPorts {
  readonly addresses: VersionedStates<Undeliverable>;
}

/** Marks addresses that nobody reads, so that no later mail is sent there. */
export function undeliverableNoting({ addresses }: UndeliverableNotingPorts) {
  return async (event: MailEvent): Promise<Handled> => {
    const decision = decideMailEvent(event);
    const mail = { mail_id: event.mail.messageId, post_id: event.mail.tags?.post_id?.[0] };
    switch (decision.action) {
      case 'pass':
        return { outcome: decision.outcome, details: mail };
      case 'report':
        throw new MailLostError(
          `Mail ${mail.mail_id} about post ${mail.post_id} never left: ${decision.fault}. ` +
            'Mend that, delete its record in the table of mails, and send the mail again.',
        );
      case 'mark': {
        const reader_ids = decision.addresses.map(readerIdOf);
        const marked = await Promise.all(reader_ids.map(id => mark(id, decision.as)));
        return {
          outcome: marked.includes(true) ? 'marked' : 'marked_before',
          details: { ...mail, reader_ids, reason: decision.as.reason, detail: decision.as.detail },
        };
      }
    }
  };

  /** @returns whether it was not marked before. */
  function mark(readerId: string, as: Undeliverable): Promise<boolean> {
    // An address hardly ever bounces twice, so that is not asked first: the write finds out.
    return onCurrentState(addresses, readerId, undefined, async seen => {
      if (seen !== undefined) return false;
      await addresses.write(readerId, as, seen);
      return true;
    });
  }
}
