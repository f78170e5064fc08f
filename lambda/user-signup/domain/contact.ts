import type { UserSignedUp } from '../../../contracts/users.ts';

/** A user as the CRM has him. */
export interface Contact {
  readonly email: string;
  readonly name: string;
  readonly plan: string | null;
  readonly since: string;
}

/** The contact that a sign-up makes, where there is none yet: what the CRM's people changed since then stays. */
export function newContact(known: Contact | undefined, event: UserSignedUp): Contact | undefined {
  if (known !== undefined) return undefined;
  const { email, name, plan, signed_up_at } = event;
  return { email, name, plan: plan ?? null, since: signed_up_at };
}
