import { Verdict } from './verdict.ts';

declare global {
  namespace jest {
    interface Matchers<R> {
      /** The verdict is that the request is allowed. */
      toBeAllowed(): R;
      /** The verdict is that the request is denied, by a statement or for want of one. */
      toBeDenied(): R;
      /** The verdict is that a statement denies the request, whatever else may allow it. */
      toBeForbidden(): R;
    }
  }
}

function matcher(matches: (verdict: Verdict) => boolean, expected: string) {
  return (received: unknown) => {
    if (!(received instanceof Verdict)) {
      throw new Error(
        `Expected a verdict, got ${String(received)}. Await what was asked: expect(await caller.may(action, resource)).`,
      );
    }
    const pass = matches(received);
    return {
      pass,
      message: () => `Expected the request to be ${pass ? 'not ' : ''}${expected}, but ${received}`,
    };
  };
}

expect.extend({
  toBeAllowed: matcher(verdict => verdict.allowed, 'allowed'),
  toBeDenied: matcher(verdict => !verdict.allowed, 'denied'),
  toBeForbidden: matcher(verdict => verdict.forbidden, 'denied by a statement'),
});
