/**
 * How long a call may take. Three tries of at most 1.5 s stay well below the shortest timeout of a
 * function here (15 s), so that a dependency that hangs is reported as down, not as a killed function.
 *
 * `throwOnRequestTimeout`: without it the SDK only logs that the time is over, and waits on.
 */
export const clientSettings = {
  maxAttempts: 3,
  retryMode: 'standard',
  requestHandler: { connectionTimeout: 500, requestTimeout: 1_500, throwOnRequestTimeout: true },
};
