import { type FileHandle, open } from 'node:fs/promises';
import { UsageError } from '../command-errors.ts';
import { messageDocument } from '../messages/message-document.ts';
import { deleteMessages } from '../queues/deletion.ts';
import {
  type HeldMessage,
  heldOf,
  maxBatchSize,
  type Queue,
  type Queues,
  type ReceivedMessage,
} from '../queues/queues.ts';
import { release } from '../queues/sampling.ts';
import type { Clock } from '../terminal/clock.ts';

export interface ExportServices {
  readonly queues: Queues;
  readonly clock: Clock;
}

export interface ExportOptions {
  /** Whether to delete each message once it is in the file. */
  readonly deleteExported: boolean;
  readonly onProgress: (exported: number) => void;
}

export interface ExportResult {
  readonly exported: number;
  readonly deleted: number;
  /** Message ids that are in the file and could not be deleted. */
  readonly notDeleted: readonly string[];
  readonly interrupted: boolean;
}

/** Long enough to go through a large DLQ before its first message comes again. */
const hiddenSeconds = 900;
/** Where it takes longer: so many receives with nothing new are the end. */
const fruitlessReceives = 3;

/** Where lines go: a file, or standard output. */
export interface LineSink {
  /** Once it returns, the lines are safe. */
  write(lines: string): Promise<void>;
  close(): Promise<void>;
}

/** @throws UsageError when there is such a file. */
export async function newFile(path: string): Promise<LineSink> {
  const file: FileHandle = await open(path, 'wx').catch(fault => {
    if ((fault as NodeJS.ErrnoException).code === 'EEXIST') {
      throw new UsageError(`${path} is there already, and is not written over. Choose another name.`);
    }
    throw new UsageError(`${path} cannot be written: ${(fault as Error).message}`);
  });
  return {
    write: async lines => {
      await file.appendFile(lines);
      // Only what has reached the disk may be deleted elsewhere.
      await file.datasync();
    },
    close: () => file.close(),
  };
}

/**
 * Writes all visible messages of a queue as lines. They are shown to others again at the end, or each is
 * deleted once its line is safe. A message is never deleted that is not in the file.
 */
export async function exportMessages(
  services: ExportServices,
  queue: Queue,
  sink: LineSink,
  { deleteExported, onProgress }: ExportOptions,
  interrupt: AbortSignal,
): Promise<ExportResult> {
  const seen = new Set<string>();
  const held: HeldMessage[] = [];
  const notDeleted: string[] = [];
  let fruitless = 0;
  try {
    while (!interrupt.aborted && fruitless < fruitlessReceives) {
      const batch = await services.queues.receive(queue, {
        maxMessages: maxBatchSize,
        visibilityTimeoutSeconds: hiddenSeconds,
        waitSeconds: 1,
      });
      if (batch.length === 0) break;
      const fresh = batch.filter(({ id }) => !seen.has(id));
      fruitless = fresh.length === 0 ? fruitless + 1 : 0;
      if (!deleteExported) held.push(...fresh.map(heldOf));
      for (const { id } of fresh) seen.add(id);
      await sink.write(fresh.map(message => lineOf(queue, message)).join(''));
      if (deleteExported) {
        notDeleted.push(...(await deleteMessages(services, queue, fresh)).map(({ id }) => id));
      }
      onProgress(seen.size);
    }
  } finally {
    await release(services.queues, queue, held);
  }
  return {
    exported: seen.size,
    deleted: deleteExported ? seen.size - notDeleted.length : 0,
    notDeleted,
    interrupted: interrupt.aborted,
  };
}

function lineOf({ arn }: Queue, message: ReceivedMessage): string {
  return `${JSON.stringify({ queue: arn, ...messageDocument(message) })}\n`;
}
