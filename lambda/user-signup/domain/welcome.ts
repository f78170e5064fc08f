/** Who is sending a user's welcome, and until when he may be at it. */
export interface Lease {
  readonly owner: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** What is known of a user's welcome. */
export type WelcomeState =
  | { readonly status: 'sending'; readonly lease: Lease }
  | { readonly status: 'sent'; readonly mail_id: string };

export type WelcomeDecision =
  | { readonly action: 'send'; readonly next: WelcomeState }
  /** Another delivery of the event is at it. */
  | { readonly action: 'wait'; readonly lease: Lease }
  | { readonly action: 'settle' };

/** Decides on a welcome: it is sent once, by one delivery at a time. */
export function decideWelcome(
  state: WelcomeState | undefined,
  { lease, now }: { readonly lease: Lease; readonly now: number },
): WelcomeDecision {
  if (state?.status === 'sent') return { action: 'settle' };
  // A lease that has ended is of a function that died: whether the mail left, nobody knows.
  if (state !== undefined && state.lease.until > now) return { action: 'wait', lease: state.lease };
  return { action: 'send', next: { status: 'sending', lease } };
}

/** The state of a try that failed: the next one need not wait for the lease to end. */
export function released(lease: Lease): WelcomeState {
  return { status: 'sending', lease: { ...lease, until: 0 } };
}
