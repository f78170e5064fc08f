import { archivedMessageIdAttribute, replayIdAttribute } from '../../contracts/event-archive.ts';
import type { ArchivedEvent } from '../archive/archived-event.ts';
import { CommandFailure } from '../command-errors.ts';
import { maxBatchSize, type OutgoingMessage, type Queue, type Queues } from '../queues/queues.ts';
import { RatePacer } from '../sending/rate-pacer.ts';
import { Retries } from '../sending/retries.ts';
import { batchesBySize } from '../sending/send-batches.ts';
import type { Clock } from '../terminal/clock.ts';
import type { ReplayFault, ReplayProgress } from './replay-result.ts';
import type { Position, ReplayState } from './replay-state.ts';
import type { ReadLine } from './selected-events.ts';

export interface EventReplayServices {
  readonly queues: Pick<Queues, 'send'>;
  readonly clock: Clock;
}

export interface EventReplayOptions {
  /** @default - as fast as one batch after the other goes */
  readonly ratePerSecond?: number;
  /** Whether the first line that is no event ends it. */
  readonly strict: boolean;
  /** Read all and send nothing. */
  readonly dryRun: boolean;
  /** Told of the state after every batch. */
  readonly onState: (state: ReplayState) => void;
  readonly onProgress: (progress: ReplayProgress & { readonly object: number }) => void;
}

export interface EventReplayResult extends ReplayProgress {
  readonly outcome: 'done' | 'failed' | 'interrupted';
  readonly types: Readonly<Record<string, number>>;
  readonly faults: readonly ReplayFault[];
  readonly fault?: string;
}

/** More than these are counted and not kept. */
const keptFaults = 1_000;

interface Waiting extends OutgoingMessage {
  readonly type: string;
  readonly next: Position;
}

/**
 * Sends events of an archive into a queue, in order, one batch after the other, so that everything before a
 * position has been dealt with. An interruption ends it after the batch in hand.
 *
 * At least once: a process that is killed after a batch and before its state is written sends it again.
 */
export class EventReplay {
  readonly #queues: Pick<Queues, 'send'>;
  readonly #queue: Queue;
  readonly #options: EventReplayOptions;
  readonly #retries: Retries;
  readonly #pacer: RatePacer;
  readonly #batchSize: number;
  readonly #types = new Map<string, number>();
  readonly #faults: ReplayFault[] = [];
  #state: ReplayState;
  #waiting: Waiting[] = [];

  constructor(
    { queues, clock }: EventReplayServices,
    queue: Queue,
    state: ReplayState,
    options: EventReplayOptions,
  ) {
    this.#queues = queues;
    this.#queue = queue;
    this.#state = state;
    this.#options = options;
    this.#retries = new Retries(clock);
    this.#pacer = new RatePacer(clock, options.ratePerSecond);
    this.#batchSize = Math.min(maxBatchSize, options.ratePerSecond ?? maxBatchSize);
  }

  async run(lines: AsyncIterable<ReadLine>, interrupt: AbortSignal): Promise<EventReplayResult> {
    try {
      for await (const line of lines) {
        if (interrupt.aborted) return this.#result('interrupted');
        if ('malformed' in line) {
          // What stands before it is dealt with first, so that the position is that of this line.
          await this.#sendWaiting(interrupt);
          if (this.#options.strict) {
            return this.#result('failed', `${placeOf(line.next)}: ${line.malformed}.`);
          }
          this.#leave(line.next, line.malformed);
          this.#advance(line.next, { malformed: this.#state.malformed + 1 });
        } else {
          this.#waiting.push(this.#messageOf(line.event, line.next));
          if (this.#waiting.length >= this.#batchSize) await this.#sendWaiting(interrupt);
        }
        this.#options.onProgress({ ...this.#counts(), object: line.object });
      }
      if (interrupt.aborted) return this.#result('interrupted');
      await this.#sendWaiting(interrupt);
      return this.#result('done');
    } catch (fault) {
      if (!(fault instanceof CommandFailure)) throw fault;
      // What was sent before is worth telling, too.
      return this.#result('failed', fault.message);
    }
  }

  #messageOf(event: ArchivedEvent, next: Position): Waiting {
    const text = (value: string) => ({ dataType: 'String', value });
    return {
      id: `${next.key} ${next.line}`,
      body: event.body,
      ...(event.groupId !== undefined && { groupId: event.groupId }),
      attributes: {
        ...event.attributes,
        [replayIdAttribute]: text(this.#state.replayId),
        [archivedMessageIdAttribute]: text(event.messageId),
      },
      type: event.type,
      next,
    };
  }

  async #sendWaiting(interrupt: AbortSignal): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const batch of batchesBySize(waiting)) {
      const last = batch.at(-1);
      if (!last || interrupt.aborted) return;
      const refused = new Map((await this.#send(batch)).map(({ id, reason }) => [id, reason]));
      for (const { id, next, type } of batch) {
        const reason = refused.get(id);
        if (reason !== undefined) this.#leave(next, reason);
        else this.#types.set(type, (this.#types.get(type) ?? 0) + 1);
      }
      this.#advance(last.next, {
        sent: this.#state.sent + batch.length - refused.size,
        failed: this.#state.failed + refused.size,
      });
      if (!this.#options.dryRun) await this.#pacer.pace(batch.length, interrupt);
    }
  }

  async #send(batch: readonly Waiting[]) {
    if (this.#options.dryRun) return [];
    return this.#retries.untilSettled(batch, open => this.#queues.send(this.#queue, open));
  }

  #advance(position: Position, counts: Partial<ReplayProgress>): void {
    this.#state = { ...this.#state, ...counts, position };
    this.#options.onState(this.#state);
  }

  #leave({ key, line }: Position, reason: string): void {
    if (this.#faults.length < keptFaults) this.#faults.push({ key, line, reason });
  }

  #counts(): ReplayProgress {
    const { sent, malformed, failed } = this.#state;
    return { sent, malformed, failed };
  }

  #result(outcome: EventReplayResult['outcome'], fault?: string): EventReplayResult {
    const counts = this.#counts();
    return {
      outcome: outcome === 'done' && counts.failed > 0 ? 'failed' : outcome,
      ...counts,
      types: Object.fromEntries([...this.#types].sort(([a], [b]) => a.localeCompare(b))),
      faults: this.#faults,
      ...(fault !== undefined && { fault }),
    };
  }
}

function placeOf({ key, line }: Position): string {
  return `${key}, line ${line}`;
}
