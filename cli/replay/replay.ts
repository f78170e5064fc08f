import { longestBufferInSeconds } from '../../contracts/event-archive.ts';
import { lookUpArchive } from '../archive/archive-lookup.ts';
import type { Archives } from '../archive/archives.ts';
import { mayDestroy } from '../command/safeguard.ts';
import { UsageError } from '../command-errors.ts';
import type { QueueAddress } from '../queues/queue-address.ts';
import type { QueueAdministration } from '../queues/queue-administration.ts';
import { lookUpQueue } from '../queues/queue-lookup.ts';
import type { Queue, Queues } from '../queues/queues.ts';
import type { Clock } from '../terminal/clock.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { type SelectedObjects, type Selection, selectObjects } from './archive-selection.ts';
import { EventReplay } from './event-replay.ts';
import type { ReplayOutcome, ReplayReport } from './replay-result.ts';
import { type ReplayState, StateFile } from './replay-state.ts';
import { openWindowText, planText, progressText, resultText } from './replay-texts.ts';
import { eventsIn } from './selected-events.ts';

export interface ReplayOptions {
  /** What is to be done: of a new replay, or of one that goes on. */
  readonly state: Omit<ReplayState, 'bucket' | 'queue'>;
  readonly queue: QueueAddress;
  /** Bucket of the archive, or the stack and region that it is looked for by. */
  readonly archive:
    | { readonly bucket: string }
    | { readonly stack: string; readonly region: string | undefined };
  readonly stateFile: string;
  /** Options that say where requests go, for whoever goes on: `--local`. */
  readonly connection: readonly string[];
  readonly ratePerSecond?: number;
  readonly strict: boolean;
  readonly dryRun: boolean;
  readonly assumeYes: boolean;
  readonly confirm?: string;
}

export interface ReplayServices {
  readonly archives: Archives;
  readonly queues: Queues;
  readonly administration: Pick<QueueAdministration, 'tags'>;
  readonly terminal: Terminal;
  readonly clock: Clock;
}

/**
 * Shows what an archive has of a window, asks, and sends it into a queue.
 *
 * @throws UsageError when nobody can be asked and nobody said yes before, or the queue is FIFO.
 * @throws CommandFailure when archive or queue cannot be found, nothing is archived, or AWS refuses.
 */
export async function replay(
  options: ReplayOptions,
  services: ReplayServices,
  interrupt: AbortSignal,
): Promise<ReplayReport> {
  const { archives, terminal, clock } = services;
  if (!options.dryRun && !options.assumeYes && !options.confirm && !terminal.interactive) {
    throw new UsageError(
      'There is nobody to ask whether to send the events. Say --yes to send them, or --dry-run to read only.',
    );
  }
  const queue = await standardQueue(services.queues, options.queue);
  const { state } = options;
  const selection: Selection = {
    bucket: await bucketOf(archives, options.archive),
    window: { from: state.from, to: state.to },
    types: state.types,
    lateMs: state.lateMs,
  };
  const selected = await selectObjects(archives, selection);
  terminal.say(planText(queue, selection, selected, options));
  if (isOpen(selection)) terminal.say(openWindowText(selection));

  const startedAt = clock.now();
  const report = (outcome: ReplayOutcome, result: Partial<ReplayReport> = {}): ReplayReport => {
    const { replayId, sent, malformed, failed } = state;
    const complete: ReplayReport = {
      replayId,
      queue,
      selection,
      objects: selected.objects.length,
      bytes: selected.bytes,
      ...{ sent, malformed, failed, types: {}, faults: [] },
      ...result,
      outcome,
      durationMs: Math.round(clock.now() - startedAt),
    };
    terminal.say(resultText(complete, options.connection));
    return complete;
  };
  if (interrupt.aborted) return report('interrupted');
  if (!options.dryRun && !(await maySend(queue, options, services, interrupt))) return report('declined');

  const file = new StateFile(options.stateFile);
  const begun: ReplayState = { ...state, bucket: selection.bucket, queue: queue.arn };
  // Where it cannot be written, that shows before anything is sent.
  if (!options.dryRun) file.write(begun);
  const result = await send(begun, queue, selection, selected, file, options, services, interrupt);
  if (options.dryRun) return report(result.outcome === 'done' ? 'dry-run' : result.outcome, result);
  if (result.outcome === 'interrupted' || result.fault !== undefined) {
    return report(result.outcome, { ...result, stateFile: file.path });
  }
  file.remove();
  const nothing = result.outcome === 'done' && result.sent === 0 && result.malformed === 0;
  return report(nothing ? 'nothing-to-do' : result.outcome, result);
}

function send(
  state: ReplayState,
  queue: Queue,
  { bucket, window }: Selection,
  { objects }: SelectedObjects,
  file: StateFile,
  { ratePerSecond, strict, dryRun }: ReplayOptions,
  { archives, queues, clock, terminal }: ReplayServices,
  interrupt: AbortSignal,
) {
  const startedAt = clock.now();
  const sentBefore = state.sent;
  const events = new EventReplay({ queues, clock }, queue, state, {
    ...(ratePerSecond !== undefined && { ratePerSecond }),
    strict,
    dryRun,
    onState: now => {
      if (!dryRun) file.write(now);
    },
    onProgress: progress =>
      terminal.progress(
        progressText({
          ...progress,
          objects: objects.length,
          sentNow: progress.sent - sentBefore,
          elapsedMs: clock.now() - startedAt,
        }),
      ),
  });
  return events.run(eventsIn(archives, bucket, objects, window, state.position), interrupt);
}

/** An archived event has no message group, without which a FIFO queue takes none. */
async function standardQueue(queues: Queues, address: QueueAddress): Promise<Queue> {
  const queue = await lookUpQueue(queues, address);
  if (!queue.fifo) return queue;
  throw new UsageError(
    `${queue.name} is FIFO: it keeps an order that the archive does not have. Replay into a standard queue.`,
  );
}

async function bucketOf(archives: Archives, archive: ReplayOptions['archive']): Promise<string> {
  return 'bucket' in archive ? archive.bucket : lookUpArchive(archives, archive.stack, archive.region);
}

/** Whether events of the window may still be on their way into the archive. */
function isOpen({ window, lateMs }: Selection): boolean {
  return window.to + longestBufferInSeconds * 1_000 + lateMs > Date.now();
}

/** What is sent to a queue of stage prod cannot be taken back: its name is asked for. */
function maySend(
  queue: Queue,
  { assumeYes, confirm }: ReplayOptions,
  services: ReplayServices,
  interrupt: AbortSignal,
): Promise<boolean> {
  return mayDestroy(
    services,
    { queue, what: `send these events to ${queue.name}`, question: 'Send them?', assumeYes, confirm },
    interrupt,
  );
}
