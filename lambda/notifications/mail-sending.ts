import type { postMail } from '../../contracts/notifications.ts';
import type { MailDue } from '../../contracts/posts.ts';
import type { Mailer } from '../shared/mailer.ts';
import type { Delivery, Handled } from '../shared/queue-consumer.ts';
import { type MailState, sendOnce } from '../shared/single-mail.ts';
import type { VersionedStates } from '../shared/versioned-items.ts';
import { forgottenAt } from './domain/memory.ts';
import type { Undeliverable } from './domain/undeliverable.ts';
import { readerIdOf } from './reader-id.ts';

export interface MailSendingPorts {
  readonly mails: VersionedStates<MailState>;
  readonly addresses: Pick<VersionedStates<Undeliverable>, 'read'>;
  readonly mailer: Pick<Mailer<typeof postMail>, 'send'>;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Sends each mail about a post to a reader once, and none to an address that nobody reads. */
export function mailSending({ mails, addresses, mailer, now = Date.now }: MailSendingPorts) {
  return async (due: MailDue, delivery: Delivery): Promise<Handled> => {
    const { post_id, title, author, excerpt, reader } = due;
    const reader_id = readerIdOf(reader);
    const undeliverable = await addresses.read(reader_id);
    if (undeliverable !== undefined) {
      return { outcome: 'skipped', details: { reader_id, reason: undeliverable.state.reason } };
    }
    const mail = {
      id: `${post_id}/${reader_id}`,
      name: `The mail of post ${post_id} to reader ${reader_id}`,
      expires_at: forgottenAt(now()),
      send: () => mailer.send({ to: reader, data: { title, author, excerpt }, tags: { post_id, reader_id } }),
    };
    const mail_id = await sendOnce(mails, mail, delivery, now);
    return mail_id === undefined
      ? { outcome: 'sent_before', details: { reader_id } }
      : { outcome: 'sent', details: { reader_id, mail_id } };
  };
}
