import type { InvocationFailure, InvocationSuccess } from './invocation.ts';

/** An event that a function was given up on, and the last try of it. */
export interface Failure {
  readonly functionArn: string;
  readonly event: object;
  /** How often the function was invoked with it. */
  readonly invocations: number;
  readonly result: InvocationFailure;
  readonly condition: 'RetriesExhausted' | 'EventAgeExceeded';
}

/**
 * The record of an asynchronous invocation that failed, as destinations get it.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function failureRecord({ functionArn, event, invocations, result, condition }: Failure): object {
  return {
    ...recordOf(functionArn, event, invocations, result.requestId, condition),
    // What was only ever throttled has no response.
    ...(invocations > 0 && {
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: result.error,
    }),
  };
}

export function successRecord(
  functionArn: string,
  event: object,
  invocations: number,
  { requestId, payload }: InvocationSuccess,
): object {
  return {
    ...recordOf(functionArn, event, invocations, requestId, 'Success'),
    responseContext: { statusCode: 200, executedVersion: '$LATEST' },
    responsePayload: JSON.parse(payload) as unknown,
  };
}

function recordOf(
  functionArn: string,
  requestPayload: object,
  approximateInvokeCount: number,
  requestId: string,
  condition: string,
) {
  return {
    version: '1.0',
    timestamp: new Date().toISOString(),
    requestContext: {
      requestId,
      functionArn: `${functionArn}:$LATEST`,
      condition,
      approximateInvokeCount,
    },
    requestPayload,
  };
}

/**
 * The same event as the function's DLQ gets it: as it is, with what is known of the failure beside it.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function abandonedEvent({ event, result }: Failure): {
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
} {
  return {
    body: JSON.stringify(event),
    attributes: {
      RequestID: result.requestId,
      ErrorCode: '200',
      ErrorMessage: result.error.errorMessage.slice(0, 1_024),
    },
  };
}
