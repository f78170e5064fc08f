import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { VersionedItems } from '../shared/versioned-items.ts';
import type { WelcomeState } from './domain/welcome.ts';

const welcomeState = v.variant('status', [
  v.object({ status: v.literal('sending'), lease: v.object({ owner: v.string(), until: v.number() }) }),
  v.object({ status: v.literal('sent'), mail_id: v.string() }),
]);

/** The welcomes of users: items `USER#<id>`. */
export function welcomeStore(
  documents: Pick<DynamoDBDocumentClient, 'send'>,
  tableName: string,
): VersionedItems<WelcomeState> {
  return new VersionedItems<WelcomeState>({
    subject: { noun: 'welcome', keyPrefix: 'USER', idAttribute: 'user_id' },
    documents,
    tableName,
    schema: welcomeState,
  });
}
