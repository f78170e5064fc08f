import { DependencyDownError, errorFrom } from '../failures.ts';

/**
 * Waits until a broker says that it has what it was sent, on disk.
 *
 * @param ask sends it, and resolves the answer when the broker does, or rejects it.
 * @throws DependencyDownError when it does not say so in time: it may have it all the same.
 */
export async function confirmation(
  withinMs: number,
  ask: (answer: PromiseWithResolvers<void>) => void,
): Promise<void> {
  const answer = Promise.withResolvers<void>();
  const timer = setTimeout(() => answer.reject(new Error(`no confirmation within ${withinMs} ms`)), withinMs);
  try {
    ask(answer);
    await answer.promise;
  } catch (thrown) {
    const why = errorFrom(thrown).message.replace(/\.$/, '');
    throw new DependencyDownError(
      `The broker did not confirm the message: ${why}. It is safe to try again.`,
      { cause: thrown },
    );
  } finally {
    clearTimeout(timer);
  }
}
