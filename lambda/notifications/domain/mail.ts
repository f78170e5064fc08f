/** Who is sending a mail, and until when he may be at it. */
export interface Lease {
  readonly owner: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** What is known of the mail about a post to a reader. */
export type MailState =
  | { readonly status: 'sending'; readonly lease: Lease; readonly expires_at: number }
  | { readonly status: 'sent'; readonly mail_id: string; readonly expires_at: number };

export type MailDecision =
  | { readonly action: 'send'; readonly next: MailState }
  /** Another delivery of the message is at it. */
  | { readonly action: 'wait'; readonly lease: Lease }
  | { readonly action: 'settle' };

export interface MailWorker {
  readonly lease: Lease;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly expires_at: number;
}

/** Decides on a mail: it is sent once, by one delivery at a time. */
export function decideMail(
  state: MailState | undefined,
  { lease, now, expires_at }: MailWorker,
): MailDecision {
  if (state?.status === 'sent') return { action: 'settle' };
  // A lease that has ended is of a function that died: whether the mail left, nobody knows.
  if (state !== undefined && state.lease.until > now) return { action: 'wait', lease: state.lease };
  return { action: 'send', next: { status: 'sending', lease, expires_at } };
}

/** The state of a try that failed: the next one need not wait for the lease to end. */
export function released(lease: Lease, expires_at: number): MailState {
  return { status: 'sending', lease: { ...lease, until: 0 }, expires_at };
}
