import { jest } from '@jest/globals';
import { PendingReplies } from '../../../../web/shared/replies/pending-replies.ts';

const rememberForMs = 300_000;
const pendingReplies = (rememberAtMost = 1_000) =>
  new PendingReplies<string>({ rememberForMs, rememberAtMost });

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('a reply', () => {
  it('reaches whoever waits for it, and nobody else', async () => {
    const pending = pendingReplies();
    const [one, other] = [pending.expect(1_000), pending.expect(1_000)];

    expect(pending.accept(other.correlationId, 'for the other')).toBe('matched');
    expect(pending.accept(one.correlationId, 'for the one')).toBe('matched');

    expect(await one.reply).toBe('for the one');
    expect(await other.reply).toBe('for the other');
    expect(pending.size).toBe(0);
  });

  it('is late when the time was over before', async () => {
    const pending = pendingReplies();
    const { correlationId, reply } = pending.expect(1_000);
    jest.advanceTimersByTime(1_000);

    expect(await reply).toBeUndefined();
    expect(pending.accept(correlationId, 'too late')).toBe('late');
  });

  it('is in time as long as the time is not over', async () => {
    const pending = pendingReplies();
    const { correlationId, reply } = pending.expect(1_000);
    jest.advanceTimersByTime(999);

    expect(pending.accept(correlationId, 'just in time')).toBe('matched');
    expect(await reply).toBe('just in time');
  });

  it('is late when nobody waits any more', async () => {
    const pending = pendingReplies();
    const { correlationId, reply, giveUp } = pending.expect(1_000);
    giveUp();

    expect(await reply).toBeUndefined();
    expect(pending.accept(correlationId, 'too late')).toBe('late');
  });

  it('is a duplicate when there was one before, which stands', async () => {
    const pending = pendingReplies();
    const { correlationId, reply } = pending.expect(1_000);
    pending.accept(correlationId, 'first');

    expect(pending.accept(correlationId, 'second')).toBe('duplicate');
    expect(await reply).toBe('first');
  });

  it.each([undefined, '', 'never-asked', 'constructor'])('is unknown when its id is %j', correlationId => {
    const pending = pendingReplies();
    pending.expect(1_000);

    expect(pending.fateOf(correlationId)).toBe('unknown');
    expect(pending.size).toBe(1);
  });

  it('is unknown to a server that did not ask: two never mix', () => {
    const [here, there] = [pendingReplies(), pendingReplies()];
    const { correlationId } = here.expect(1_000);
    there.expect(1_000);

    expect(there.accept(correlationId, 'for the other server')).toBe('unknown');
    expect(there.size).toBe(1);
    expect(here.accept(correlationId, 'for this one')).toBe('matched');
  });
});

describe('what is remembered of those that ended', () => {
  it('is forgotten when no reply can come any more', () => {
    const pending = pendingReplies();
    const { correlationId } = pending.expect(1_000);
    pending.accept(correlationId, 'first');
    jest.advanceTimersByTime(rememberForMs - 1);
    expect(pending.fateOf(correlationId)).toBe('duplicate');
    jest.advanceTimersByTime(1);

    expect(pending.fateOf(correlationId)).toBe('unknown');
  });

  it('is no more than there is room for: the oldest go first', () => {
    const pending = pendingReplies(2);
    const ids = [1, 2, 3].map(() => {
      const { correlationId } = pending.expect(1_000);
      pending.accept(correlationId, 'reply');
      return correlationId;
    });

    expect(ids.map(id => pending.fateOf(id))).toEqual(['unknown', 'duplicate', 'duplicate']);
  });
});

it('lets everybody go who waits, when the server does', async () => {
  const pending = pendingReplies();
  const waiting = [pending.expect(1_000), pending.expect(60_000)];
  pending.giveUpAll();

  expect(await Promise.all(waiting.map(({ reply }) => reply))).toEqual([undefined, undefined]);
  expect(jest.getTimerCount()).toBe(0);
});

it('never gives the same id twice', () => {
  const pending = pendingReplies();
  const ids = Array.from({ length: 100 }, () => pending.expect(1_000).correlationId);
  expect(new Set(ids).size).toBe(100);
  pending.giveUpAll();
});
