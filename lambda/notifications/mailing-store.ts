import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { VersionedItems } from '../shared/versioned-items.ts';
import type { MailingState } from './domain/mailing.ts';
import { postSubject } from './post-subject.ts';

const mailingState = v.variant('status', [
  v.object({ status: v.literal('addressing'), mails: v.number(), after: v.string(), expires_at: v.number() }),
  v.object({ status: v.literal('addressed'), mails: v.number(), expires_at: v.number() }),
]);

/** The mailings of posts: items `POST#<id>`. */
export function mailingStore(
  documents: Pick<DynamoDBDocumentClient, 'send'>,
  tableName: string,
): VersionedItems<MailingState> {
  return new VersionedItems<MailingState>({
    subject: postSubject,
    documents,
    tableName,
    schema: mailingState,
  });
}
