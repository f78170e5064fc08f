import { DependencyDownError, errorFrom } from '../failures.ts';

/**
 * How long a call of a job may take, from connecting to the last byte. The SDK tries three times.
 *
 * `throwOnRequestTimeout`: without it the SDK only logs that the time is over, and waits on.
 */
export const jobClientSettings = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
};

/** What the AWS SDK tells of an error, beside its name and message. */
interface SdkError extends Error {
  readonly $fault?: 'client' | 'server';
  readonly $retryable?: object;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly code?: string;
}

/** Faults of the network, and S3's answer to a write that met another one. */
const passingNames =
  /^(ECONN\w+|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|ENETUNREACH|TimeoutError|SlowDown|ConditionalRequestConflict)$|Throttl/;

/**
 * Waits for a call of the AWS SDK, and tells a service that is down from a request that is wrong.
 *
 * @param dependency name for people: `S3`, `SQS`.
 * @throws DependencyDownError when the call failed for a reason that passes; the SDK has retried it by then.
 * @throws whatever else the call threw: a refused permission, a missing object, a failed condition.
 */
export async function reach<Answer>(dependency: string, call: Promise<Answer>): Promise<Answer> {
  try {
    return await call;
  } catch (thrown) {
    const error: SdkError = errorFrom(thrown);
    if (!passes(error)) throw error;
    throw new DependencyDownError(`${dependency} did not answer: ${error.name}: ${error.message}`, {
      cause: error,
    });
  }
}

function passes(error: SdkError): boolean {
  const status = error.$metadata?.httpStatusCode ?? 0;
  return (
    error.$fault === 'server' ||
    error.$retryable !== undefined ||
    status === 429 ||
    status >= 500 ||
    passingNames.test(error.name) ||
    passingNames.test(error.code ?? '')
  );
}
