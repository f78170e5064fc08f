import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { task } from '../../contracts/tasks.ts';
import { VersionedItems } from '../shared/versioned-items.ts';
import type { TaskState } from './domain/task.ts';

const known = { task, expires_at: v.number() };

const taskState = v.variant('status', [
  v.object({ status: v.literal('scheduled'), ...known }),
  v.object({
    status: v.literal('running'),
    ...known,
    lease: v.object({ owner: v.string(), until: v.number() }),
  }),
  v.object({ status: v.literal('done'), ...known, done_at: v.string() }),
  v.object({ status: v.literal('canceled'), ...known, canceled_at: v.string() }),
]);

/** Tasks: items `TASK#<id>` with `status` and what belongs to it. They say what a wake-up leads to. */
export function taskStore(
  documents: Pick<DynamoDBDocumentClient, 'send'>,
  tableName: string,
): VersionedItems<TaskState> {
  return new VersionedItems<TaskState>({
    subject: { noun: 'task', keyPrefix: 'TASK', idAttribute: 'task_id' },
    documents,
    tableName,
    schema: taskState,
  });
}
