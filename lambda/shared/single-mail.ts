import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { WorkInProgressError } from './failures.ts';
import type { Delivery } from './message-consumer.ts';
import { type ItemSubject, onCurrentState, VersionedItems, type VersionedStates } from './versioned-items.ts';

/** Who is sending a mail, and until when (milliseconds since 1970) he may be at it. */
interface Lease {
  readonly owner: string;
  readonly until: number;
}

/** What is known of a mail. */
export type MailState = (
  | { readonly status: 'sending'; readonly lease: Lease }
  | { readonly status: 'sent'; readonly mail_id: string }
) & {
  /** Seconds since 1970. */
  readonly expires_at?: number | undefined;
};

const expires_at = v.optional(v.number());

const mailState = v.variant('status', [
  v.object({
    status: v.literal('sending'),
    lease: v.object({ owner: v.string(), until: v.number() }),
    expires_at,
  }),
  v.object({ status: v.literal('sent'), mail_id: v.string(), expires_at }),
]);

/** Mails as items of a table. */
export function mailStates(
  documents: Pick<DynamoDBDocumentClient, 'send'>,
  tableName: string,
  subject: ItemSubject,
): VersionedItems<MailState> {
  return new VersionedItems<MailState>({ subject, documents, tableName, schema: mailState });
}

/** A mail that is to be sent once. */
export interface SingleMail {
  /** Id of its state. */
  readonly id: string;
  /** What it is called to people: `The welcome of user 7`. */
  readonly name: string;
  /**
   * When its state may be forgotten, in seconds since 1970: later than any message that asks for it can come.
   *
   * @default - never
   */
  readonly expires_at?: number;
  /** Hands it over to be sent, and answers under which id it is known from then on. */
  readonly send: () => Promise<string>;
}

/**
 * Sends a mail once, by one delivery at a time, however often that is asked.
 *
 * The intent is recorded before the mail is sent and the result after. A function that dies between the two
 * leaves somebody who may have had the mail; the next delivery sends it again, since nobody can ask SES whether
 * it went out, and a mail that comes twice is less of an evil here than one that never comes.
 *
 * @returns the mail's id; undefined where it was sent before.
 * @throws WorkInProgressError while another delivery is at it.
 * @throws whatever sending it threw; the next delivery then need not wait for the lease to end.
 */
export async function sendOnce(
  mails: VersionedStates<MailState>,
  { id, name, expires_at, send }: SingleMail,
  delivery: Delivery,
  now: () => number,
): Promise<string | undefined> {
  const memory = expires_at === undefined ? {} : { expires_at };
  const lease = { owner: delivery.id, until: now() + delivery.remainingTimeInMs() };
  // A mail is hardly ever asked for twice, so that is not looked up first: the write finds out.
  const claimed = await onCurrentState(mails, id, undefined, async seen => {
    if (seen?.state.status === 'sent') return undefined;
    if (seen !== undefined) requireEnded(seen.state.lease, name, now());
    return mails.write(id, { status: 'sending', lease, ...memory }, seen);
  });
  if (claimed === undefined) return undefined;
  const mail_id = await send().catch(async error => {
    const free = { status: 'sending', lease: { ...lease, until: 0 }, ...memory } as const;
    // If that fails too, or somebody else has taken over, the lease ends with the invocation.
    await mails.write(id, free, claimed).catch(() => undefined);
    throw error;
  });
  await mails.write(id, { status: 'sent', mail_id, ...memory }, claimed);
  return mail_id;
}

/** A lease that has ended is of a function that died: whether the mail left, nobody knows. */
function requireEnded({ owner, until }: Lease, name: string, now: number): void {
  if (until <= now) return;
  throw new WorkInProgressError(
    `${name} is being sent by another delivery (${owner}), until ${new Date(until).toISOString()} at the latest. ` +
      'This one comes back.',
  );
}
