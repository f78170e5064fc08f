import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { VersionedItems } from '../shared/versioned-items.ts';
import type { RedriveState } from './domain/redrive.ts';

const count = v.pipe(v.number(), v.integer());

const portion = v.object({ size: count, moved: count, expected: count, moved_at: count });

const redriveState = v.variant('phase', [
  v.object({ phase: v.literal('idle') }),
  v.object({ phase: v.picklist(['probing', 'moving']), portion }),
  v.object({
    phase: v.literal('stopped'),
    reason: v.picklist(['returned', 'by_hand']),
    stopped_at: count,
    moved: count,
    returned: count,
  }),
]);

/** Where the redrive of each queue stands: items `QUEUE#<name>`. */
export function redriveStates(
  documents: Pick<DynamoDBDocumentClient, 'send'>,
  tableName: string,
): VersionedItems<RedriveState> {
  return new VersionedItems<RedriveState>({
    subject: { noun: 'redrive of queue', keyPrefix: 'QUEUE', idAttribute: 'queue' },
    documents,
    tableName,
    schema: redriveState,
  });
}
