import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { VersionedItems } from '../shared/versioned-items.ts';
import type { MailState } from './domain/mail.ts';

const mailState = v.variant('status', [
  v.object({
    status: v.literal('sending'),
    lease: v.object({ owner: v.string(), until: v.number() }),
    expires_at: v.number(),
  }),
  v.object({ status: v.literal('sent'), mail_id: v.string(), expires_at: v.number() }),
]);

/** The mails about posts to readers: items `MAIL#<post id>/<reader id>`. */
export function mailStore(
  documents: Pick<DynamoDBDocumentClient, 'send'>,
  tableName: string,
): VersionedItems<MailState> {
  return new VersionedItems<MailState>({
    subject: { noun: 'mail', keyPrefix: 'MAIL', idAttribute: 'mail_key' },
    documents,
    tableName,
    schema: mailState,
  });
}
