import { errorFrom } from '../failures.ts';

export interface HedgedCallOptions {
  /** How long to wait for the first try before a second is made beside it, in milliseconds. */
  readonly hedgeAfterMs: number;
  /** Asked when a second try is due. */
  readonly maySecond: () => boolean;
  /** Whether another try may have more luck after this error. */
  readonly isWorthASecond: (error: Error) => boolean;
  /** Aborted when the time for both tries is over. */
  readonly signal: AbortSignal;
}

export interface HedgedResult<Value> {
  readonly value: Value;
  readonly tries: number;
  /** How long the try that won took, in milliseconds. */
  readonly tookMs: number;
}

/** Neither try brought an answer. */
export class HedgedCallError extends Error {
  override readonly name = 'HedgedCallError';
  readonly tries: number;

  constructor(tries: number, cause: Error) {
    super(cause.message, { cause });
    this.tries = tries;
  }
}

/**
 * Makes a call, and a second one beside it when the first is slower than usual or fails; the first answer
 * counts, and the other call is given up. Made for calls that change nothing.
 *
 * @throws HedgedCallError when both fail, the one fails that was made, or the time is over.
 * @see https://research.google/pubs/the-tail-at-scale/
 */
export async function hedgedCall<Value>(
  call: (attempt: number, signal: AbortSignal) => Promise<Value>,
  { hedgeAfterMs, maySecond, isWorthASecond, signal }: HedgedCallOptions,
): Promise<HedgedResult<Value>> {
  const over = new AbortController();
  const { promise, resolve, reject } = Promise.withResolvers<HedgedResult<Value>>();
  let tries = 0;
  let failures = 0;

  const attempt = async () => {
    const startedAt = performance.now();
    tries += 1;
    try {
      const value = await call(tries, over.signal);
      resolve({ value, tries, tookMs: performance.now() - startedAt });
    } catch (thrown) {
      failures += 1;
      const error = errorFrom(thrown);
      if (tries === 1 && !over.signal.aborted && isWorthASecond(error) && maySecond()) {
        clearTimeout(hedge);
        void attempt();
      } else if (failures === tries) {
        reject(new HedgedCallError(tries, error));
      }
    }
  };
  const stop = () => reject(new HedgedCallError(tries, errorFrom(signal.reason)));

  const hedge = setTimeout(() => {
    if (tries === 1 && maySecond()) void attempt();
  }, hedgeAfterMs);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  else void attempt();
  try {
    return await promise;
  } finally {
    clearTimeout(hedge);
    signal.removeEventListener('abort', stop);
    over.abort(new Error('The other try was faster, or the time is over.'));
  }
}
