import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { uploadDescription } from '../../contracts/uploads.ts';
import { VersionedItems } from '../shared/versioned-items.ts';
import type { UploadState } from './domain/upload.ts';

const latestChange = { version_id: v.string(), sequencer: v.string(), changed_at: v.string() };

const uploadState = v.variant('status', [
  v.object({
    status: v.literal('described'),
    ...latestChange,
    result_key: v.string(),
    ...uploadDescription.entries,
  }),
  v.object({ status: v.literal('too_large'), ...latestChange, size: v.number(), uploaded_at: v.string() }),
  v.object({ status: v.picklist(['gone', 'deleted']), ...latestChange }),
]);

/** The records of uploads: items `UPLOAD#<key>` with `status` and what belongs to it. */
export function uploadStore(
  documents: Pick<DynamoDBDocumentClient, 'send'>,
  tableName: string,
): VersionedItems<UploadState> {
  return new VersionedItems<UploadState>({
    subject: { noun: 'upload', keyPrefix: 'UPLOAD', idAttribute: 'object_key' },
    documents,
    tableName,
    schema: uploadState,
  });
}
