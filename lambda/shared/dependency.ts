import { ConflictError, DependencyDownError, errorFrom } from './failures.ts';

/** What the AWS SDK tells of an error, beside its name and message. */
interface SdkError extends Error {
  readonly $fault?: 'client' | 'server';
  readonly $retryable?: { readonly throttling?: boolean };
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly code?: string;
}

const networkFaults = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

const passingFaults = new Set([
  'AbortError',
  'KMSThrottlingException',
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TimeoutError',
  'TooManyRequestsException',
  'TransactionInProgressException',
]);

/**
 * Waits for a call of the AWS SDK, and tells a dependency that is down from a request that is wrong.
 *
 * @param dependency name for people: `SNS`, `DynamoDB`.
 * @throws DependencyDownError when the call failed for a reason that passes: no connection, no answer in
 * time, throttled, a fault of the service's own. The SDK has retried it by then.
 * @throws whatever else the call threw: a refused permission, a missing table, a failed condition.
 */
export async function reach<Answer>(dependency: string, call: Promise<Answer>): Promise<Answer> {
  try {
    return await call;
  } catch (thrown) {
    throw dependencyFailure(dependency, thrown);
  }
}

/** What to throw for an error of the AWS SDK: see {@link reach}. */
export function dependencyFailure(dependency: string, thrown: unknown): Error {
  const error: SdkError = errorFrom(thrown);
  if (!passes(error)) return error;
  return new DependencyDownError(
    `${dependency} did not take the request: ${error.name}: ${error.message}. It is safe to try again.`,
    { cause: error },
  );
}

function passes(error: SdkError): boolean {
  const status = error.$metadata?.httpStatusCode ?? 0;
  return (
    error.$fault === 'server' ||
    error.$retryable !== undefined ||
    passingFaults.has(error.name) ||
    networkFaults.has(error.code ?? '') ||
    status === 429 ||
    status >= 500
  );
}

/**
 * Tries again while somebody else's change comes in between: at once, then after growing, random pauses.
 *
 * @throws ConflictError of the last try when `attempts` were not enough.
 */
export async function retryConflicts<Result>(
  attempt: () => Promise<Result>,
  { attempts = 5, pauseMs = 20 }: { readonly attempts?: number; readonly pauseMs?: number } = {},
): Promise<Result> {
  for (let tried = 1; ; tried++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof ConflictError) || tried >= attempts) throw error;
      if (tried > 1) await new Promise(resolve => setTimeout(resolve, Math.random() * pauseMs * 2 ** tried));
    }
  }
}
