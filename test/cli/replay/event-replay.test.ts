import { CommandFailure, ThrottledError } from '../../../cli/command-errors.ts';
import type { BatchFailure, OutgoingMessage, Queue } from '../../../cli/queues/queues.ts';
import { EventReplay, type EventReplayOptions } from '../../../cli/replay/event-replay.ts';
import type { ReplayState } from '../../../cli/replay/replay-state.ts';
import type { ReadLine } from '../../../cli/replay/selected-events.ts';
import { ManualClock } from '../manual-clock.ts';

const queue: Queue = { name: 'payment', url: 'made-up', arn: 'made-up', region: 'eu-west-1', fifo: false };
const begun: ReplayState = {
  replayId: 'again',
  bucket: 'archive',
  queue: 'made-up',
  from: 0,
  to: 1,
  types: [],
  lateMs: 0,
  sent: 0,
  malformed: 0,
  failed: 0,
};

function line(number: number, body = `order ${number}`): ReadLine {
  return {
    next: { key: 'events/object.gz', writtenAt: 0, line: number },
    object: 1,
    type: 'order_placed',
    event: { messageId: `m${number}`, publishedAt: 0, type: 'order_placed', body, attributes: {} },
  };
}

async function* lines(...all: readonly ReadLine[]) {
  yield* all;
}

const count = (length: number) => Array.from({ length }, (_, index) => line(index + 1));

type Send = (messages: readonly OutgoingMessage[]) => Promise<readonly BatchFailure[]>;

/** A replay into a queue that behaves as told, by the number of the request; and what came of it. */
function makeReplay(answers: Readonly<Record<number, Send>> = {}, options: Partial<EventReplayOptions> = {}) {
  const requests: string[][] = [];
  const accepted: string[] = [];
  const states: ReplayState[] = [];
  const clock = new ManualClock();
  const send = async (_: Queue, messages: readonly OutgoingMessage[]) => {
    requests.push(messages.map(({ body }) => body));
    const failures = (await answers[requests.length]?.(messages)) ?? [];
    const failed = new Set(failures.map(({ id }) => id));
    accepted.push(...messages.filter(({ id }) => !failed.has(id)).map(({ body }) => body));
    return failures;
  };
  const replay = (state: ReplayState = begun) =>
    new EventReplay({ queues: { send }, clock }, queue, state, {
      strict: false,
      dryRun: false,
      onState: now => states.push(now),
      onProgress: () => {},
      ...options,
    });
  return { replay, requests, accepted, states, clock };
}

const goesOn = new AbortController().signal;

describe('a replay', () => {
  it('sends ten at a time, and remembers after each where it is', async () => {
    const { replay, requests, states } = makeReplay();

    const result = await replay().run(lines(...count(23)), goesOn);

    expect(requests.map(({ length }) => length)).toEqual([10, 10, 3]);
    expect(states.map(({ position, sent }) => [position?.line, sent])).toEqual([
      [10, 10],
      [20, 20],
      [23, 23],
    ]);
    expect(result).toMatchObject({ outcome: 'done', sent: 23, failed: 0, types: { order_placed: 23 } });
  });

  it('sends fewer at a time where they are large', async () => {
    const { replay, requests } = makeReplay();
    const large = 'x'.repeat(100_000);
    await replay().run(lines(line(1, large), line(2, large), line(3, large)), goesOn);
    expect(requests.map(({ length }) => length)).toEqual([2, 1]);
  });

  it('keeps to its rate', async () => {
    const { replay, clock } = makeReplay({}, { ratePerSecond: 5 });
    await replay().run(lines(...count(20)), goesOn);
    expect(clock.now()).toBe(4_000);
  });

  it('sends those of a batch again that the queue did not take for now, and no others', async () => {
    const busy: Send = async ([, second]) => [
      { id: second?.id ?? '', reason: 'ServiceUnavailable', passing: true },
    ];
    const { replay, requests, accepted, states } = makeReplay({ 1: busy });

    const result = await replay().run(lines(...count(3)), goesOn);

    expect(requests).toEqual([['order 1', 'order 2', 'order 3'], ['order 2']]);
    expect(accepted.sort()).toEqual(['order 1', 'order 2', 'order 3']);
    expect(result).toMatchObject({ outcome: 'done', sent: 3 });
    expect(states).toHaveLength(1);
  });

  it('waits while AWS asks for fewer requests', async () => {
    const throttled: Send = () => Promise.reject(new ThrottledError('slow down'));
    const { replay, clock } = makeReplay({ 1: throttled, 2: throttled });
    expect(await replay().run(lines(...count(3)), goesOn)).toMatchObject({ outcome: 'done', sent: 3 });
    expect(clock.slept).toEqual([200, 400]);
  });

  it('tells of an event that the queue will never take, by object and line, and goes on', async () => {
    const refused: Send = async ([first]) => [
      { id: first?.id ?? '', reason: 'InvalidMessageContents', passing: false },
    ];
    const { replay, states } = makeReplay({ 1: refused });

    const result = await replay().run(lines(...count(12)), goesOn);

    expect(result).toMatchObject({
      outcome: 'failed',
      sent: 11,
      failed: 1,
      faults: [{ key: 'events/object.gz', line: 1, reason: 'InvalidMessageContents' }],
    });
    expect(states.at(-1)).toMatchObject({ sent: 11, failed: 1, position: { line: 12 } });
  });

  it('ends where a request fails, and goes on from there: nothing is missing, nothing comes twice', async () => {
    const gone: Send = () => Promise.reject(new CommandFailure('access denied'));
    const { replay, accepted, states } = makeReplay({ 2: gone });

    const first = await replay().run(lines(...count(25)), goesOn);
    expect(first).toMatchObject({ outcome: 'failed', sent: 10, fault: 'access denied' });

    const state = states.at(-1) ?? begun;
    const rest = count(25).slice(state.position?.line);
    expect(await replay(state).run(lines(...rest), goesOn)).toMatchObject({ outcome: 'done', sent: 25 });
    expect(accepted).toEqual(count(25).map((_, index) => `order ${index + 1}`));
  });

  it('lets go of what it has read and not sent when it is interrupted', async () => {
    const interrupt = new AbortController();
    const stop: Send = async () => {
      interrupt.abort();
      return [];
    };
    const { replay, accepted, states } = makeReplay({ 1: stop });
    expect(await replay().run(lines(...count(25)), interrupt.signal)).toMatchObject({
      outcome: 'interrupted',
      sent: 10,
    });
    expect(accepted).toHaveLength(10);
    expect(states.at(-1)?.position?.line).toBe(10);
  });

  it('deals with what stands before a line that is no event before it passes it', async () => {
    const malformed: ReadLine = {
      next: { key: 'k', writtenAt: 0, line: 3 },
      object: 1,
      type: 't',
      malformed: 'no',
    };
    const { replay, states } = makeReplay();
    await replay().run(lines(line(1), line(2), malformed, line(4)), goesOn);
    expect(states.map(({ position, sent, malformed: count }) => [position?.line, sent, count])).toEqual([
      [2, 2, 0],
      [3, 2, 1],
      [4, 3, 1],
    ]);
  });
});
