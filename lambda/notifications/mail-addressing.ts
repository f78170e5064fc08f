import { excerptOf, type MailDue, type PostPublished } from '../../contracts/posts.ts';
import { OutOfTimeError } from '../shared/failures.ts';
import type { Delivery, Handled } from '../shared/queue-consumer.ts';
import type { VersionedStates } from '../shared/versioned-items.ts';
import { advanced, type MailingState } from './domain/mailing.ts';
import { forgottenAt } from './domain/memory.ts';
import type { Readers } from './reader-table.ts';

export interface MailAddressingPorts {
  readonly readers: Readers;
  readonly mailings: VersionedStates<MailingState>;
  readonly mails: { sendAll(mails: readonly MailDue[]): Promise<void> };
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** A page is not begun with less time than this. */
const timeForPageMs = 15_000;

/**
 * Has a mail written to each reader of a post: a message each, so that each is tried, fails and is redriven by
 * itself.
 *
 * How far it got is recorded after each page. What dies in the middle is gone on with after the last page that
 * is recorded; mails of the page that was under way are due twice then, and sent once.
 */
export function mailAddressing({ readers, mailings, mails, now = Date.now }: MailAddressingPorts) {
  return async (post: PostPublished, delivery: Delivery): Promise<Handled> => {
    const { post_id } = post;
    let seen = await mailings.read(post_id);
    if (seen?.state.status === 'addressed') return { outcome: 'addressed_before' };
    let unusable = 0;
    for (;;) {
      if (delivery.remainingTimeInMs() < timeForPageMs) {
        throw new OutOfTimeError(
          `${seen?.state.mails ?? 0} mails of post ${post_id} are on their way, and the invocation is nearly over. ` +
            'The post comes back, and the next one goes on from there.',
        );
      }
      const page = await readers.page(seen?.state.status === 'addressing' ? seen.state.after : undefined);
      await mails.sendAll(page.addresses.map(reader => mailDue(post, reader)));
      unusable += page.unusable;
      // Somebody else at the same post was faster: this one comes back to see that all is done.
      seen = await mailings.write(post_id, advanced(seen?.state, page, forgottenAt(now())), seen);
      if (seen.state.status === 'addressed') {
        return { outcome: 'addressed', details: { mails: seen.state.mails, unusable_readers: unusable } };
      }
    }
  };
}

function mailDue(post: PostPublished, reader: string): MailDue {
  const { post_id, title, author, correlation_id } = post;
  return { event_type: 'mail_due', correlation_id, post_id, title, author, excerpt: excerptOf(post), reader };
}
