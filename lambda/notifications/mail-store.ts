import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type MailState, mailStates } from '../shared/single-mail.ts';
import type { VersionedItems } from '../shared/versioned-items.ts';

/** The mails about posts to readers: items `MAIL#<post id>/<reader id>`. */
export function mailStore(
  documents: Pick<DynamoDBDocumentClient, 'send'>,
  tableName: string,
): VersionedItems<MailState> {
  return mailStates(documents, tableName, { noun: 'mail', keyPrefix: 'MAIL', idAttribute: 'mail_key' });
}
