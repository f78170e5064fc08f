import type { postMail } from '../../contracts/notifications.ts';
import type { MailDue } from '../../contracts/posts.ts';
import { WorkInProgressError } from '../shared/failures.ts';
import type { Mailer } from '../shared/mailer.ts';
import type { Delivery, Handled } from '../shared/queue-consumer.ts';
import { onCurrentState, type VersionedStates } from '../shared/versioned-items.ts';
import { decideMail, type MailState, released } from './domain/mail.ts';
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

/**
 * Sends each mail about a post to a reader once, and none to an address that nobody reads.
 *
 * The intent is recorded before the mail is sent and the result after. A function that dies between the two
 * leaves a reader who may have had the mail; the next delivery sends it again, since nobody can ask SES whether
 * it went out, and a mail that comes twice is less of an evil here than one that never comes.
 */
export function mailSending({ mails, addresses, mailer, now = Date.now }: MailSendingPorts) {
  return async (due: MailDue, delivery: Delivery): Promise<Handled> => {
    const { post_id, reader } = due;
    const reader_id = readerIdOf(reader);
    const mailKey = `${post_id}/${reader_id}`;
    const undeliverable = await addresses.read(reader_id);
    if (undeliverable !== undefined) {
      return { outcome: 'skipped', details: { reader_id, reason: undeliverable.state.reason } };
    }
    const lease = { owner: delivery.id, until: now() + delivery.remainingTimeInMs() };
    const expires_at = forgottenAt(now());
    // A mail is hardly ever due twice, so that is not asked first: the write finds out.
    const { decision, stored } = await onCurrentState(mails, mailKey, undefined, async seen => {
      const decision = decideMail(seen?.state, { lease, now: now(), expires_at });
      const isDue = decision.action === 'send';
      return { decision, stored: isDue ? await mails.write(mailKey, decision.next, seen) : seen };
    });
    switch (decision.action) {
      case 'settle':
        return { outcome: 'sent_before', details: { reader_id } };
      case 'wait':
        throw new WorkInProgressError(
          `The mail of post ${post_id} to reader ${reader_id} is being sent by another delivery ` +
            `(${decision.lease.owner}), until ${new Date(decision.lease.until).toISOString()} at the latest. ` +
            'This one comes back.',
        );
      case 'send': {
        const mail_id = await send();
        await mails.write(mailKey, { status: 'sent', mail_id, expires_at }, stored);
        return { outcome: 'sent', details: { reader_id, mail_id } };
      }
    }

    async function send(): Promise<string> {
      const { title, author, excerpt } = due;
      try {
        return await mailer.send({
          to: reader,
          data: { title, author, excerpt },
          tags: { post_id, reader_id },
        });
      } catch (error) {
        // If that fails too, or somebody else has taken over, the lease ends with the invocation.
        await mails.write(mailKey, released(lease, expires_at), stored).catch(() => undefined);
        throw error;
      }
    }
  };
}
