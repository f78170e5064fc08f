import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { VersionedItems } from '../shared/versioned-items.ts';
import type { UserState } from './domain/sign-up.ts';

const userState = v.object({
  status: v.picklist(['recorded', 'announced']),
  user_id: v.string(),
  name: v.string(),
  plan: v.string(),
  signed_up_at: v.string(),
});

/** The users by their e-mail addresses: items `EMAIL#<address>`, since it is the address that must be unique. */
export function userStore(
  documents: Pick<DynamoDBDocumentClient, 'send'>,
  tableName: string,
): VersionedItems<UserState> {
  return new VersionedItems<UserState>({
    subject: { noun: 'user', keyPrefix: 'EMAIL', idAttribute: 'email', isPersonal: true },
    documents,
    tableName,
    schema: userState,
  });
}
