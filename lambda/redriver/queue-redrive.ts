import type { RedriveCommand, RedriveRoute } from '../../contracts/redriver.ts';
import { ConflictError, errorFrom } from '../shared/failures.ts';
import type { Versioned, VersionedStates } from '../shared/versioned-items.ts';
import {
  type ActiveRedrive,
  afterReset,
  type DeadLetterSource,
  decideRedrive,
  type RedriveDepths,
  type RedriveLimits,
  type RedriveState,
  type RestReason,
  stoppedByHand,
  withKept,
  withTaken,
} from './domain/redrive.ts';
import { moveLetters } from './letter-mover.ts';
import type { RedriveQueues } from './redrive-queues.ts';

export interface QueueRedriveOptions {
  readonly queues: RedriveQueues;
  /** By the names of the queues. */
  readonly states: VersionedStates<RedriveState>;
  /** Whether a redrive is started by itself. */
  readonly mode: 'manual' | 'scheduled';
  readonly limits: RedriveLimits;
  readonly now: () => number;
}

/** What one run did for a queue, and where its redrive stands. */
export interface RedriveReport {
  readonly queue: string;
  /** What was done; `overtaken` by another run; or why nothing was. */
  readonly outcome: 'moved' | 'stopped_itself' | 'stopped_by_hand' | 'overtaken' | 'status' | RestReason;
  readonly state: RedriveState;
  /** Messages that this run moved. */
  readonly moved: number;
  /** Messages that came to the DLQ since the portion before was moved. */
  readonly returned: number;
}

/** What came of one run; messages that could not be moved do not undo that others were. */
export interface RedriveStep {
  readonly report?: RedriveReport;
  readonly failures: readonly Error[];
}

const noState: RedriveState = { phase: 'idle' };

/**
 * Takes the redrive of one queue a step further.
 *
 * Two runs do not interfere: each records what it is about to move before it does, on the condition that nobody
 * else recorded anything since it looked. So a person who stops it stops it between two batches.
 */
export class QueueRedrive {
  readonly #options: QueueRedriveOptions;
  readonly #route: RedriveRoute;

  constructor(route: RedriveRoute, options: QueueRedriveOptions) {
    this.#route = route;
    this.#options = options;
  }

  /**
   * Never throws, so that what became of other queues is told of.
   *
   * @param command what a person asks for; none where the schedule invoked.
   * @param hasTime whether another batch may begin.
   */
  async step(command: RedriveCommand | undefined, hasTime: () => boolean): Promise<RedriveStep> {
    try {
      return await this.#unlessOvertaken(() => this.#step(command, hasTime));
    } catch (thrown) {
      return { failures: [errorFrom(thrown)] };
    }
  }

  async #unlessOvertaken(step: () => Promise<RedriveStep>): Promise<RedriveStep> {
    try {
      return await step();
    } catch (thrown) {
      if (!(thrown instanceof ConflictError)) throw thrown;
      // Another run is at it, or a person stopped it in the middle.
      const seen = await this.#options.states.read(this.#route.queue);
      return this.#did('overtaken', seen?.state ?? noState);
    }
  }

  async #step(command: RedriveCommand | undefined, hasTime: () => boolean): Promise<RedriveStep> {
    const { states, mode, limits, now } = this.#options;
    const { queue } = this.#route;
    const seen = await states.read(queue);
    const stored = seen?.state ?? noState;
    if (command?.action === 'status') return this.#did('status', stored);
    if (command?.action === 'stop') {
      const state = stoppedByHand(stored, now());
      if (state !== stored) await states.write(queue, state, seen);
      return this.#did('stopped_by_hand', state);
    }
    const before = command?.action === 'reset' ? afterReset(stored) : stored;
    const starts = mode === 'scheduled' || command !== undefined;
    // Nothing is asked of SQS as long as nothing is to be done.
    if (before.phase === 'stopped' || (before.phase === 'idle' && !starts)) {
      return this.#did(before.phase, before);
    }
    const depths = await this.#depths();
    const decision = decideRedrive(before, { depths, now: now(), starts, limits });
    switch (decision.action) {
      case 'rest':
        if (decision.state !== stored) await states.write(queue, decision.state, seen);
        return this.#did(decision.why, decision.state);
      case 'stop':
        await states.write(queue, decision.state, seen);
        return this.#did('stopped_itself', decision.state, { returned: decision.state.returned });
      case 'move': {
        const recorded = await states.write(queue, decision.state, seen);
        const { state, failures } = await this.#move(decision.state, recorded, hasTime);
        const { moved } = state.portion;
        return { ...this.#did('moved', state, { moved, returned: decision.returned }), failures };
      }
    }
  }

  /** Moves a portion that is recorded. */
  async #move(portion: ActiveRedrive, recorded: Versioned<RedriveState>, hasTime: () => boolean) {
    const { queues, states, now } = this.#options;
    const { queue, queue_url } = this.#route;
    let [state, last] = [portion, recorded];
    const failures: Error[] = [];
    const record = async (next: ActiveRedrive) => {
      last = await states.write(queue, next, last);
      state = next;
    };
    for (const [url, source] of this.#sources()) {
      while (failures.length === 0 && state.portion.moved < state.portion.size && hasTime()) {
        const letters = await queues.receive(url, state.portion.size - state.portion.moved);
        if (letters.length === 0) break;
        await record(withTaken(state, source, letters.length, now()));
        const { kept, failures: failed } = await moveLetters(queues, letters, url, queue_url);
        failures.push(...failed);
        if (kept > 0) await record(withKept(state, source, kept));
      }
    }
    return { state, failures };
  }

  async #depths(): Promise<RedriveDepths> {
    const { queue_url, dead_letter_queue_url, undelivered_urls } = this.#route;
    const depth = (url: string) => this.#options.queues.depth(url);
    const all = async (url: string) => {
      const { waiting, hidden } = await depth(url);
      return waiting + hidden;
    };
    const [{ waiting }, deadLetters, ...undelivered] = await Promise.all([
      depth(queue_url),
      all(dead_letter_queue_url),
      ...undelivered_urls.map(all),
    ]);
    return { waiting, deadLetters, undelivered: undelivered.reduce((sum, count) => sum + count, 0) };
  }

  /** A message that failed tells more of the consumer than one that never reached it: those first. */
  #sources(): readonly (readonly [url: string, source: DeadLetterSource])[] {
    const { dead_letter_queue_url, undelivered_urls } = this.#route;
    return [
      [dead_letter_queue_url, 'dead_letters'],
      ...undelivered_urls.map(url => [url, 'undelivered'] as const),
    ];
  }

  #did(
    outcome: RedriveReport['outcome'],
    state: RedriveState,
    { moved = 0, returned = 0 }: Partial<Pick<RedriveReport, 'moved' | 'returned'>> = {},
  ): RedriveStep {
    return { report: { queue: this.#route.queue, outcome, state, moved, returned }, failures: [] };
  }
}
