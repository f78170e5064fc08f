import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { VersionedItems } from '../shared/versioned-items.ts';
import type { Undeliverable } from './domain/undeliverable.ts';

const undeliverable = v.object({
  status: v.literal('undeliverable'),
  reason: v.picklist(['bounce', 'complaint']),
  detail: v.string(),
  since: v.string(),
});

/** Addresses that nobody reads: items `ADDRESS#<reader id>`. Where there is none, the address is in order. */
export function addressStore(
  documents: Pick<DynamoDBDocumentClient, 'send'>,
  tableName: string,
): VersionedItems<Undeliverable> {
  return new VersionedItems<Undeliverable>({
    subject: { noun: 'address', keyPrefix: 'ADDRESS', idAttribute: 'reader_id' },
    documents,
    tableName,
    schema: undeliverable,
  });
}
