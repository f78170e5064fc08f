import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { validateProps } from './validation.ts';

/** Other accounts that are let in. Each decides for itself who of its own may come. */
export interface AccountGuests {
  /** Ids of twelve digits. None lets nobody in. */
  readonly accounts: readonly string[];

  /**
   * Organization that they must be of when they call: an account that has left it is let in no more.
   *
   * @default - the accounts are let in wherever they belong
   */
  readonly organizationId?: string | undefined;
}

/** The principals of guests, and what is asked of them. */
export interface AdmittedGuests {
  readonly principals: readonly iam.IPrincipal[];
  readonly conditions: iam.Conditions;
}

/**
 * Guests as a statement of a resource policy has them: accounts by name, never everybody under a condition,
 * so that a condition that is lost on the way opens nothing.
 *
 * @throws PropsError when an account or the organization cannot be one.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgid
 */
export function admittedGuests(scope: Construct, id: string, guests: AccountGuests): AdmittedGuests {
  const { accounts, organizationId } = guests;
  validateProps(scope, id, [
    ...accounts.map(account => ({
      prop: 'accounts',
      value: account,
      holds: /^\d{12}$/.test(account),
      allowed: 'account ids of twelve digits',
      remedy: 'Name whole accounts: who of an account may call is for its own policies to say.',
    })),
    {
      prop: 'organizationId',
      value: organizationId,
      holds: organizationId === undefined || /^o-[a-z0-9]{10,32}$/.test(organizationId),
      allowed: 'an id such as o-a1b2c3d4e5',
      remedy: 'The console of AWS Organizations shows it under Settings.',
    },
  ]);
  return {
    principals: accounts.map(account => new iam.AccountPrincipal(account)),
    conditions: organizationId ? { StringEquals: { 'aws:PrincipalOrgID': organizationId } } : {},
  };
}
