/** Messages that were moved together, and are judged together. */
export interface Portion {
  /** How many it may have; the next one may have twice as many. */
  readonly size: number;
  /** How many it has. Those that are being moved count already: a crash leaves it too large, never too small. */
  readonly moved: number;
  /** How many messages the queue's DLQ has if none of them comes back, and none besides. */
  readonly expected: number;
  /** When the last of them was moved, in milliseconds since 1970. */
  readonly moved_at: number;
}

/** Moving: a first few, and see whether they come back; or one portion after the other. */
export interface ActiveRedrive {
  readonly phase: 'probing' | 'moving';
  readonly portion: Portion;
}

/** Moves nothing any more, until a person resets it. */
export interface StoppedRedrive {
  readonly phase: 'stopped';
  /** `returned`: by itself, since the messages came back; `by_hand`: a person wanted it. */
  readonly reason: 'returned' | 'by_hand';
  /** In milliseconds since 1970. */
  readonly stopped_at: number;
  /** Of the last portion. */
  readonly moved: number;
  readonly returned: number;
}

/** Where the redrive of one queue stands. */
export type RedriveState = { readonly phase: 'idle' } | ActiveRedrive | StoppedRedrive;

/** Messages that were counted, those in flight included unless it says otherwise. */
export interface RedriveDepths {
  /** In the queue's DLQ, where failed messages come back to. */
  readonly deadLetters: number;
  /** In the DLQs of its subscriptions, where none comes back to. */
  readonly undelivered: number;
  /** In the queue, not in flight. */
  readonly waiting: number;
}

export interface RedriveLimits {
  /** Messages of the first portion. */
  readonly probe: number;
  /** Most messages of any portion. */
  readonly portion: number;
  /** How long after the last of a portion was moved none of it can come back any more. */
  readonly settleMs: number;
}

/** Why nothing is moved now. */
export type RestReason = 'idle' | 'stopped' | 'settling' | 'queue_busy' | 'drained';

export type RedriveDecision =
  /** Move up to so many messages; record the portion before. */
  | { readonly action: 'move'; readonly state: ActiveRedrive; readonly returned: number }
  /** Record that it stopped itself, and tell a person. */
  | { readonly action: 'stop'; readonly state: StoppedRedrive }
  /** Move nothing now. */
  | { readonly action: 'rest'; readonly state: RedriveState; readonly why: RestReason };

export interface RedriveSituation {
  readonly depths: RedriveDepths;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Whether one that is idle may begin. */
  readonly starts: boolean;
  readonly limits: RedriveLimits;
}

/**
 * Decides what to do with the DLQs of one queue. A redriven message is a new one, so that nobody can tell
 * which came back: judged is by how many the DLQ has, and how many it would have had.
 *
 * A portion is as poisonous as what is in the DLQ besides: where half of it came back, or more, the cause is
 * not mended. Every portion that is gone on from has cleared more than came back, so that it comes to an end.
 */
export function decideRedrive(state: RedriveState, situation: RedriveSituation): RedriveDecision {
  const { depths, now, starts, limits } = situation;
  switch (state.phase) {
    case 'stopped':
      return { action: 'rest', state, why: 'stopped' };
    case 'idle':
      return starts
        ? nextPortion(state, limits.probe, 'probing', 0, situation)
        : { action: 'rest', state, why: 'idle' };
    case 'probing':
    case 'moving': {
      const { portion } = state;
      if (now < portion.moved_at + limits.settleMs) return { action: 'rest', state, why: 'settling' };
      // What waits may be of the portion: it has not failed yet, and has not succeeded.
      if (isBusy(depths, limits)) return { action: 'rest', state, why: 'queue_busy' };
      // SQS counts approximately: more may have been taken out than it said that there were.
      const returned = Math.max(0, depths.deadLetters - Math.max(0, portion.expected));
      if (portion.moved === 0) return nextPortion(state, portion.size, state.phase, 0, situation);
      if (returned * 2 >= portion.moved) {
        const { moved } = portion;
        return {
          action: 'stop',
          state: { phase: 'stopped', reason: 'returned', stopped_at: now, moved, returned },
        };
      }
      return nextPortion(state, portion.size * 2, 'moving', returned, situation);
    }
  }
}

function nextPortion(
  state: RedriveState,
  largest: number,
  phase: ActiveRedrive['phase'],
  returned: number,
  { depths, now, limits }: RedriveSituation,
): RedriveDecision {
  const size = Math.min(largest, limits.portion);
  if (depths.deadLetters + depths.undelivered === 0) {
    const why = state.phase === 'idle' ? 'idle' : 'drained';
    return { action: 'rest', state: { phase: 'idle' }, why };
  }
  if (isBusy(depths, limits)) return { action: 'rest', state, why: 'queue_busy' };
  const portion = { size, moved: 0, expected: depths.deadLetters, moved_at: now };
  return { action: 'move', state: { phase, portion }, returned };
}

/** A queue that has more than a portion to do gets none on top. */
function isBusy({ waiting }: RedriveDepths, limits: RedriveLimits): boolean {
  return waiting > limits.portion;
}

/** Where messages are taken from. */
export type DeadLetterSource = 'dead_letters' | 'undelivered';

/** Counts messages as moved, before they are. */
export function withTaken(
  { phase, portion }: ActiveRedrive,
  source: DeadLetterSource,
  count: number,
  now: number,
): ActiveRedrive {
  return { phase, portion: { ...counted(portion, source, count), moved_at: now } };
}

/** Takes back what was counted: it could not be moved after all, and is in its DLQ still. */
export function withKept(
  { phase, portion }: ActiveRedrive,
  source: DeadLetterSource,
  count: number,
): ActiveRedrive {
  return { phase, portion: counted(portion, source, -count) };
}

function counted(portion: Portion, source: DeadLetterSource, count: number): Portion {
  const { moved, expected } = portion;
  return {
    ...portion,
    moved: moved + count,
    expected: source === 'dead_letters' ? expected - count : expected,
  };
}

/** What becomes of a redrive that a person stops. */
export function stoppedByHand(state: RedriveState, now: number): StoppedRedrive {
  if (state.phase === 'stopped') return state;
  const moved = state.phase === 'idle' ? 0 : state.portion.moved;
  return { phase: 'stopped', reason: 'by_hand', stopped_at: now, moved, returned: 0 };
}

/** What becomes of a redrive whose cause a person has mended; what is under way goes on as it is. */
export function afterReset(state: RedriveState): RedriveState {
  return state.phase === 'stopped' ? { phase: 'idle' } : state;
}
