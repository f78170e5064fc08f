import fc from 'fast-check';
import {
  type ActiveRedrive,
  afterReset,
  decideRedrive,
  type RedriveDepths,
  type RedriveLimits,
  type RedriveState,
  stoppedByHand,
  withKept,
  withTaken,
} from '../../../../lambda/redriver/domain/redrive.ts';

const settleMs = 600_000;
const limits: RedriveLimits = { probe: 5, portion: 100, settleMs };
const idle: RedriveState = { phase: 'idle' };
const depths = (deadLetters: number, others: Partial<RedriveDepths> = {}): RedriveDepths => ({
  deadLetters,
  undelivered: 0,
  waiting: 0,
  ...others,
});

function decide(state: RedriveState, found: RedriveDepths, { now = 0, starts = true } = {}) {
  return decideRedrive(state, { depths: found, now, starts, limits });
}

/** A redrive that moved so many of so many, at time 0. */
function moved(count: number, of: number, size = limits.probe): ActiveRedrive {
  const portion = { size, moved: 0, expected: of, moved_at: 0 };
  return withTaken({ phase: 'probing', portion }, 'dead_letters', count, 0);
}

describe('a redrive that is idle', () => {
  it('begins with a probe, whatever is there', () => {
    expect(decide(idle, depths(1_000))).toMatchObject({
      action: 'move',
      state: { phase: 'probing', portion: { size: 5, moved: 0, expected: 1_000 } },
    });
    expect(decide(idle, depths(0, { undelivered: 3 }))).toMatchObject({ action: 'move' });
  });

  it('stays idle when nothing is there, or nobody started it', () => {
    expect(decide(idle, depths(0))).toMatchObject({ action: 'rest', state: idle, why: 'idle' });
    expect(decide(idle, depths(7), { starts: false })).toMatchObject({ action: 'rest', why: 'idle' });
  });

  it('waits for a queue that has enough to do', () => {
    expect(decide(idle, depths(7, { waiting: 101 }))).toMatchObject({ action: 'rest', why: 'queue_busy' });
    expect(decide(idle, depths(7, { waiting: 100 }))).toMatchObject({ action: 'move' });
  });
});

describe('a portion', () => {
  it('is judged when what fails is back, and not before', () => {
    const state = moved(5, 5);
    expect(decide(state, depths(5), { now: settleMs - 1 })).toMatchObject({
      action: 'rest',
      why: 'settling',
    });
    expect(decide(state, depths(5), { now: settleMs })).toMatchObject({ action: 'stop' });
  });

  it('is not judged while it may still wait in its queue', () => {
    const found = depths(0, { waiting: 101 });
    expect(decide(moved(5, 5), found, { now: settleMs })).toMatchObject({
      action: 'rest',
      why: 'queue_busy',
    });
  });

  it.each([
    [5, 0, 'rest'],
    [5, 2, 'move'],
    [5, 3, 'stop'],
    [4, 2, 'stop'],
    [1, 1, 'stop'],
  ])('of %i, of which %i came back: %s', (count, returned, action) => {
    expect(decide(moved(count, count), depths(returned), { now: settleMs })).toMatchObject({ action });
  });

  it('that came back says how many did', () => {
    expect(decide(moved(5, 12), depths(11), { now: settleMs })).toEqual({
      action: 'stop',
      state: { phase: 'stopped', reason: 'returned', stopped_at: settleMs, moved: 5, returned: 4 },
    });
  });

  it('that stayed away is followed by one of twice the size, up to the largest', () => {
    expect(decide(moved(5, 905), depths(900), { now: settleMs })).toMatchObject({
      state: { phase: 'moving', portion: { size: 10, moved: 0, expected: 900 } },
    });
    expect(decide(moved(80, 980, 80), depths(900), { now: settleMs })).toMatchObject({
      state: { portion: { size: 100 } },
    });
  });

  it('of which none could be moved says nothing, and is tried again', () => {
    const state = withKept(moved(5, 9), 'dead_letters', 5);
    expect(decide(state, depths(12), { now: settleMs })).toMatchObject({
      action: 'move',
      state: { phase: 'probing', portion: { size: 5 } },
    });
  });

  it('of undelivered messages comes back where those were not', () => {
    const portion = { size: 5, moved: 0, expected: 0, moved_at: 0 };
    const state = withTaken({ phase: 'probing', portion }, 'undelivered', 5, 0);
    expect(decide(state, depths(5), { now: settleMs })).toMatchObject({ action: 'stop' });
    expect(decide(state, depths(0), { now: settleMs })).toMatchObject({ action: 'rest', why: 'drained' });
  });

  it('is not taken to have come back where SQS had counted too few', () => {
    expect(decide(moved(5, 3), depths(0), { now: settleMs })).toMatchObject({ why: 'drained' });
  });

  it('whose run died in the middle counts as if all of its last batch was moved', () => {
    // Of ten that were counted, none was: they are all there, and look as if they had come back.
    expect(decide(moved(10, 10, 10), depths(10), { now: settleMs })).toMatchObject({ action: 'stop' });
  });
});

describe('a redrive that stopped', () => {
  const stopped = stoppedByHand(moved(5, 9), 7);

  it('moves nothing until it is reset', () => {
    expect(decide(stopped, depths(1_000), { now: settleMs * 1_000 })).toEqual({
      action: 'rest',
      state: stopped,
      why: 'stopped',
    });
    expect(decide(afterReset(stopped), depths(1_000))).toMatchObject({
      action: 'move',
      state: { phase: 'probing', portion: { size: 5 } },
    });
  });

  it('keeps why it stopped when it is stopped by hand on top', () => {
    const decision = decide(moved(5, 5), depths(5), { now: settleMs });
    expect(stoppedByHand(decision.state, 9)).toBe(decision.state);
    expect(stopped).toMatchObject({ reason: 'by_hand', moved: 5 });
  });
});

it('what is under way goes on as it is when it is reset', () => {
  const state = moved(5, 9);
  expect(afterReset(state)).toBe(state);
});

/** A DLQ of messages that are poison or not, and the redrive of it, until it rests for good. */
function runToEnd(letters: readonly boolean[], probe: number, portion: number) {
  const waiting = [...letters];
  let state: RedriveState = idle;
  const portions: number[] = [];
  let cleared = 0;
  for (let run = 0; run < 10_000; run++) {
    const decision = decideRedrive(state, {
      depths: depths(waiting.length),
      now: run * settleMs,
      starts: true,
      limits: { probe, portion, settleMs },
    });
    state = decision.state;
    if (decision.action === 'move') {
      const taken = waiting.splice(0, decision.state.portion.size);
      state = withTaken(decision.state, 'dead_letters', taken.length, run * settleMs);
      portions.push(taken.length);
      const poison = taken.filter(isPoison => isPoison);
      cleared += taken.length - poison.length;
      waiting.push(...poison);
    } else if (decision.action === 'stop' || decision.why === 'idle' || decision.why === 'drained') {
      return { state, portions, cleared, left: waiting };
    }
  }
  throw new Error('It does not come to an end');
}

describe('whatever is in the DLQ', () => {
  const sizes = fc
    .tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 80 }))
    .map(([probe, more]) => ({ probe, portion: probe + more }));
  const letters = fc.array(fc.boolean(), { maxLength: 300 });

  it('it comes to an end, with all messages cleared or in the DLQ, and no portion above the limit', () => {
    fc.assert(
      fc.property(letters, sizes, (all, { probe, portion }) => {
        const { state, portions, cleared, left } = runToEnd(all, probe, portion);
        expect(cleared + left.length).toBe(all.length);
        expect(Math.max(0, ...portions)).toBeLessThanOrEqual(portion);
        expect(portions[0] ?? 0).toBeLessThanOrEqual(probe);
        expect(state.phase).toBe(left.length === 0 ? 'idle' : 'stopped');
      }),
    );
  });

  it('it moves no more than the probe of what is nothing but poison', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), sizes, (count, { probe, portion }) => {
        const { state, portions, left } = runToEnd(Array(count).fill(true), probe, portion);
        expect(portions).toEqual([Math.min(count, probe)]);
        expect(left).toHaveLength(count);
        expect(state).toMatchObject({ phase: 'stopped', reason: 'returned' });
      }),
    );
  });

  it('it drains what is sound, each portion at most twice the one before', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), sizes, (count, { probe, portion }) => {
        const { state, portions, left } = runToEnd(Array(count).fill(false), probe, portion);
        expect(left).toEqual([]);
        expect(state).toEqual(idle);
        for (const [index, size] of portions.slice(1).entries()) {
          expect(size).toBeLessThanOrEqual((portions[index] ?? 0) * 2);
        }
      }),
    );
  });

  it('it stops after as many returns as there is poison at most, for each portion', () => {
    fc.assert(
      fc.property(letters, sizes, (all, { probe, portion }) => {
        const { portions, cleared } = runToEnd(all, probe, portion);
        const moves = portions.reduce((sum, size) => sum + size, 0);
        // All but the last portion clear more than comes back.
        expect(moves - (portions.at(-1) ?? 0)).toBeLessThanOrEqual(2 * cleared);
      }),
    );
  });
});
