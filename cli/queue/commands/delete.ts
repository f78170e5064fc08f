import { permissions } from '../../aws/permissions.ts';
import { type Call, defineCommand } from '../../command/define-command.ts';
import { repeated } from '../../command/option-values.ts';
import { mayDestroy } from '../../command/safeguard.ts';
import { addSafeguardOptions, type SafeguardFlags } from '../../command/safeguard-options.ts';
import { UsageError } from '../../command-errors.ts';
import { deleteMessages } from '../../queues/deletion.ts';
import {
  type BatchFailure,
  type HeldMessage,
  heldOf,
  maxBatchSize,
  type Queue,
} from '../../queues/queues.ts';
import { release } from '../../queues/sampling.ts';
import { counted } from '../../terminal/counted.ts';

interface Flags extends SafeguardFlags {
  readonly id?: readonly string[];
}

/** Long enough to go through a queue for a message, and to ask. */
const hiddenSeconds = 120;

export const deleteMessage = defineCommand<Flags>({
  name: 'delete',
  summary: 'delete messages, by receipt handle or by id',
  description:
    'SQS deletes by receipt handle alone: the one of the last receive, while the message is hidden. With --id ' +
    'the queue is received until the message is found; all others are shown again, each with one receive more.',
  args: {
    '<queue>': 'name, system/role, output, URL or ARN',
    '[receipt-handles...]': 'as `queue receive` shows them',
  },
  options: command =>
    addSafeguardOptions(
      command.option('--id <message-id>', 'find it by its message id; repeatable', repeated),
    ),
  examples: [
    'delete orders AQEBwJnK… --yes --local',
    'delete order-processing/payment/dlq --id 6a2c9d0e-4f7b-4b5c-9a51-0f6c1f0d8e11',
  ],
  permissions: [
    ...permissions.find,
    ...permissions.tags,
    ...permissions.delete,
    'sqs:ReceiveMessage and sqs:ChangeMessageVisibility, with --id',
  ],
  run: async call => {
    const {
      args: [text = '', ...handles],
      flags,
      session,
    } = call;
    const ids = flags.id ?? [];
    if (handles.length > 0 === ids.length > 0) {
      throw new UsageError('Say which messages: receipt handles after the queue, or --id.');
    }
    const queue = await session.find(text);
    const what = `delete ${counted(handles.length + ids.length, 'message')} in ${queue.name} for good`;
    const destruction = { queue, what, assumeYes: flags.yes ?? false, confirm: flags.confirm };
    if (!(await mayDestroy(session, destruction, session.interrupt))) {
      return { text: 'Nothing was deleted.', document: { outcome: 'declined', deleted: 0 }, exitCode: 1 };
    }
    if (handles.length > 0) {
      const messages = handles.map((receiptHandle, index) => ({ id: `handle ${index + 1}`, receiptHandle }));
      return answer(queue, messages, await deleteMessages(session, queue, messages));
    }
    return deleteById(call, queue, new Set(ids));
  },
});

async function deleteById({ session }: Call<Flags>, queue: Queue, wanted: ReadonlySet<string>) {
  const { queues, interrupt } = session;
  const held = new Map<string, HeldMessage>();
  try {
    while (!interrupt.aborted && ![...wanted].every(id => held.has(id))) {
      const batch = await queues.receive(queue, {
        maxMessages: maxBatchSize,
        visibilityTimeoutSeconds: hiddenSeconds,
        waitSeconds: 1,
      });
      const fresh = batch.filter(({ id }) => !held.has(id));
      for (const message of batch) held.set(message.id, heldOf(message));
      if (fresh.length === 0) break;
    }
    const found = [...held.values()].filter(({ id }) => wanted.has(id));
    const missing = [...wanted]
      .filter(id => !held.has(id))
      .map(id => ({
        id,
        reason:
          'not among the visible messages: gone, in the hands of a consumer, or behind others of its group',
        passing: true,
      }));
    const failures = [...(await deleteMessages(session, queue, found)), ...missing];
    for (const { id } of found) if (!failures.some(failure => failure.id === id)) held.delete(id);
    return answer(
      queue,
      [...wanted].map(id => ({ id })),
      failures,
    );
  } finally {
    await release(queues, queue, [...held.values()]);
  }
}

function answer(
  queue: Queue,
  messages: readonly Pick<HeldMessage, 'id'>[],
  failures: readonly BatchFailure[],
) {
  const deleted = messages.length - failures.length;
  return {
    text: [
      `${counted(deleted, 'message')} deleted in ${queue.name}.`,
      ...failures.map(({ id, reason }) => `  ${id} is not deleted: ${reason}`),
    ].join('\n'),
    document: {
      outcome: failures.length > 0 ? 'failed' : 'done',
      queue: queue.name,
      deleted,
      failures: failures.map(({ id, reason }) => ({ id, reason })),
    },
    exitCode: failures.length > 0 ? (1 as const) : (0 as const),
  };
}
