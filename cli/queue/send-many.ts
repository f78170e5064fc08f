import type { Answer } from '../command/define-command.ts';
import type { Session } from '../command/session.ts';
import type { MessageSource } from '../messages/message-source.ts';
import { UnsentFile } from '../messages/unsent-file.ts';
import type { Queue } from '../queues/queues.ts';
import { type BulkResult, sendAll } from '../sending/bulk-sender.ts';
import { counted } from '../terminal/counted.ts';
import { durationText } from '../terminal/durations.ts';
import { progressBar } from '../terminal/progress-bar.ts';

export interface SendManyOptions {
  readonly concurrency: number;
  readonly rate?: number;
  /** Where messages go that could not be sent; without it, they are told by the number of their line. */
  readonly unsent?: string;
}

interface Refusal {
  readonly line: number;
  readonly reason: string;
}

/** More than these say nothing new. */
const keptRefusals = 100;
const shownRefusals = 5;

/** Sends all messages of a source, shows how far it is, and keeps what could not be sent. */
export async function sendMany(
  session: Session,
  queue: Queue,
  source: MessageSource,
  options: SendManyOptions,
): Promise<Answer> {
  const { terminal, clock, interrupt } = session;
  const unsent = options.unsent === undefined ? undefined : new UnsentFile(options.unsent);
  const refusals: Refusal[] = [];
  const startedAt = clock.now();
  const result = await sendAll(
    session,
    queue,
    source.messages(),
    {
      concurrency: options.concurrency,
      ...(options.rate !== undefined && { ratePerSecond: options.rate }),
      onProgress: ({ sent, unsent: left }) =>
        terminal.progress(
          progressBar({ done: sent + left, total: source.total, elapsedMs: clock.now() - startedAt }),
        ),
      onUnsent: async (message, reason) => {
        if (refusals.length < keptRefusals) refusals.push({ line: Number(message.id), reason });
        await unsent?.add(message);
      },
    },
    interrupt,
  );
  await unsent?.close();
  const durationMs = Math.round(clock.now() - startedAt);
  return {
    text: resultText(queue, result, refusals, durationMs, unsent?.path),
    document: {
      ...result,
      queue: queue.name,
      durationMs,
      refusals,
      ...(result.unsent > 0 && unsent && { unsentFile: unsent.path }),
    },
    exitCode: result.outcome === 'done' ? 0 : 1,
  };
}

const heads: Readonly<Record<BulkResult['outcome'], string>> = {
  done: 'Done',
  failed: 'Failed',
  interrupted: 'Interrupted',
};

function resultText(
  queue: Queue,
  { outcome, sent, unsent, fault }: BulkResult,
  refusals: readonly Refusal[],
  durationMs: number,
  unsentFile: string | undefined,
): string {
  const rate = durationMs > 0 ? `, ${Math.round((sent * 1000) / durationMs)}/s` : '';
  return [
    `${heads[outcome]}: ${counted(sent, 'message')} sent to ${queue.name}, ${unsent} not sent, ${durationText(durationMs)}${rate}.`,
    ...(fault === undefined
      ? refusals.slice(0, shownRefusals).map(({ line, reason }) => `  line ${line}: ${reason}`)
      : [fault]),
    ...(unsent > shownRefusals && fault === undefined ? [`  and ${unsent - shownRefusals} more`] : []),
    ...(unsent > 0 && unsentFile
      ? [`What was not sent is in ${unsentFile}: mend the cause, and send that file.`]
      : []),
  ].join('\n');
}
