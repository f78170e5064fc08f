import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { VersionedItems } from '../shared/versioned-items.ts';
import type { ShareState } from './domain/share.ts';
import { postSubject } from './post-subject.ts';

const shareState = v.object({
  status: v.literal('shared'),
  share_id: v.nullable(v.string()),
  shared_at: v.string(),
});

/** The posts that were shared: items `POST#<id>`. */
export function shareStore(
  documents: Pick<DynamoDBDocumentClient, 'send'>,
  tableName: string,
): VersionedItems<ShareState> {
  return new VersionedItems<ShareState>({ subject: postSubject, documents, tableName, schema: shareState });
}
