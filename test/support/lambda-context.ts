import type { Context } from 'aws-lambda';

let invocations = 0;

/** The context of one invocation, of a function with a timeout of 15 s unless told otherwise. */
export function lambdaContext(overrides: Partial<Context> = {}): Context {
  const end = Date.now() + 15_000;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: 'function-under-test',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:eu-west-1:111111111111:function:function-under-test',
    memoryLimitInMB: '256',
    awsRequestId: `invocation-${++invocations}`,
    logGroupName: '/aws/lambda/function-under-test',
    logStreamName: 'stream',
    getRemainingTimeInMillis: () => Math.max(0, end - Date.now()),
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
    ...overrides,
  };
}
