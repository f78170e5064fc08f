import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type MailState, mailStates } from '../shared/single-mail.ts';
import type { VersionedItems } from '../shared/versioned-items.ts';

/** The welcomes of users: items `USER#<id>`. */
export function welcomeStore(
  documents: Pick<DynamoDBDocumentClient, 'send'>,
  tableName: string,
): VersionedItems<MailState> {
  return mailStates(documents, tableName, { noun: 'welcome', keyPrefix: 'USER', idAttribute: 'user_id' });
}
