import type { SignUpRequest } from '../../../contracts/users.ts';

/**
 * What is known of the user with an e-mail address. `recorded` until others have certainly been told of the
 * sign-up: a crash in between leaves that to the next request.
 */
export interface UserState {
  readonly status: 'recorded' | 'announced';
  readonly user_id: string;
  readonly name: string;
  readonly plan: string;
  readonly signed_up_at: string;
}

export type SignUpDecision =
  /** Record the new user, if there is one, and tell others of it. */
  | { readonly action: 'announce'; readonly user: UserState; readonly isNew: boolean }
  /** All was done before. */
  | { readonly action: 'answer'; readonly user: UserState }
  /** The address is somebody's who signed up otherwise. */
  | { readonly action: 'refuse' };

/** What a user who is new would get. */
export interface NewUser {
  readonly user_id: string;
  readonly signed_up_at: string;
}

/** Decides on a sign-up: an e-mail address makes one user, once. */
export function decideSignUp(
  known: UserState | undefined,
  { name, plan }: SignUpRequest,
  newUser: NewUser,
): SignUpDecision {
  if (known === undefined) {
    return { action: 'announce', user: { status: 'recorded', name, plan, ...newUser }, isNew: true };
  }
  if (known.name !== name || known.plan !== plan) return { action: 'refuse' };
  return known.status === 'recorded'
    ? { action: 'announce', user: known, isNew: false }
    : { action: 'answer', user: known };
}
