import { DependencyDownError, errorFrom } from './failures.ts';

/**
 * How long a call may take while somebody waits for an answer. Two tries of at most a second: whoever waits
 * has a few seconds in all.
 *
 * `throwOnRequestTimeout`: without it the SDK only logs that the time is over, and waits on.
 */
export const clientSettings = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 500, requestTimeout: 1_000, throwOnRequestTimeout: true },
};

/** What the AWS SDK tells of an error, beside its name and message. */
interface SdkError extends Error {
  readonly $fault?: 'client' | 'server';
  readonly $retryable?: object;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly code?: string;
}

const passingNames =
  /^(ECONN\w+|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|ENETUNREACH|TimeoutError|ProvisionedThroughputExceeded\w*)$|Throttl/;

/**
 * Waits for a call of the AWS SDK, and tells a service that is down from a request that is wrong.
 *
 * @param dependency name for people: `SQS`, `DynamoDB`.
 * @throws DependencyDownError when the call failed for a reason that passes; the SDK has retried it by then.
 * @throws whatever else the call threw: a refused permission, a missing queue.
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
