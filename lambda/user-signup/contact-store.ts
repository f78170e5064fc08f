import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { VersionedItems } from '../shared/versioned-items.ts';
import type { Contact } from './domain/contact.ts';

const contact = v.object({
  email: v.string(),
  name: v.string(),
  plan: v.nullable(v.string()),
  since: v.string(),
});

/** The contacts of the CRM: items `USER#<id>`. */
export function contactStore(
  documents: Pick<DynamoDBDocumentClient, 'send'>,
  tableName: string,
): VersionedItems<Contact> {
  return new VersionedItems<Contact>({
    subject: { noun: 'contact', keyPrefix: 'USER', idAttribute: 'user_id' },
    documents,
    tableName,
    schema: contact,
  });
}
