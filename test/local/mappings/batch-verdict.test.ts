import type { InvocationResult } from '../../../local/functions/invocation.ts';
import { judgeBatch } from '../../../local/mappings/batch-verdict.ts';

const IDS = ['a', 'b', 'c'];

const answered = (answer: unknown): InvocationResult => ({
  outcome: 'success',
  requestId: 'r',
  durationMs: 1,
  payload: JSON.stringify(answer),
});

const failed: InvocationResult = {
  outcome: 'timeout',
  requestId: 'r',
  durationMs: 1,
  error: { errorType: 'Sandbox.Timedout', errorMessage: 'Task timed out after 3.00 seconds', trace: [] },
};

describe('judgeBatch, a mapping that reports item failures', () => {
  it('fails the messages that the function names', () => {
    const verdict = judgeBatch(answered({ batchItemFailures: [{ itemIdentifier: 'b' }] }), IDS, true);

    expect(verdict).toEqual({ failedMessageIds: new Set(['b']) });
  });

  it('fails every message, without a reason of its own, when the function names every message', () => {
    const failures = IDS.map(itemIdentifier => ({ itemIdentifier }));

    expect(judgeBatch(answered({ batchItemFailures: failures }), IDS, true)).toEqual({
      failedMessageIds: new Set(IDS),
    });
  });

  it.each([
    ['an empty list', { batchItemFailures: [] }],
    ['a null list', { batchItemFailures: null }],
    ['an empty answer', {}],
    ['a null answer', null],
  ])('takes %s for a success', (_case, answer) => {
    expect(judgeBatch(answered(answer), IDS, true).failedMessageIds.size).toBe(0);
  });

  it.each([
    ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }, 'no itemIdentifier'],
    ['a null identifier', { batchItemFailures: [{ itemIdentifier: null }] }, 'no itemIdentifier'],
    ['a wrong key', { batchItemFailures: [{ messageId: 'a' }] }, 'no itemIdentifier'],
    ['bare identifiers', { batchItemFailures: ['a'] }, 'no itemIdentifier'],
    ['an unknown identifier', { batchItemFailures: [{ itemIdentifier: 'z' }] }, '"z", which is no message'],
    ['no list', { batchItemFailures: 'a' }, 'not a list'],
    ['a text', 'done', 'not an object'],
    ['a list', [], 'not an object'],
  ])('fails the whole batch for %s', (_case, answer, reason) => {
    expect(judgeBatch(answered(answer), IDS, true)).toEqual({
      failedMessageIds: new Set(IDS),
      reason: expect.stringContaining(reason),
    });
  });

  it('fails the whole batch when the invocation fails', () => {
    expect(judgeBatch(failed, IDS, true)).toEqual({
      failedMessageIds: new Set(IDS),
      reason: 'Sandbox.Timedout: Task timed out after 3.00 seconds',
    });
  });
});

describe('judgeBatch, a mapping that does not', () => {
  it('takes any answer for a success of the whole batch', () => {
    const answer = answered({ batchItemFailures: [{ itemIdentifier: 'a' }] });

    expect(judgeBatch(answer, IDS, false).failedMessageIds.size).toBe(0);
  });

  it('fails the whole batch when the invocation fails', () => {
    expect(judgeBatch(failed, IDS, false).failedMessageIds).toEqual(new Set(IDS));
  });
});
