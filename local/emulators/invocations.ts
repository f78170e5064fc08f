import type { InvocationResult } from '../functions/invocation.ts';
import { AwsError } from './aws-error.ts';
import { notRunHere, type RestRequest, type RestResult } from './rest-service.ts';

/** Functions as the endpoint invokes them. */
export interface InvocableFunctions {
  names(): readonly string[];
  invoke(functionName: string, event: unknown): Promise<InvocationResult>;
  /** Takes an event, and invokes the function with it later. */
  accept(functionName: string, event: object): Promise<void>;
}

/** Name in a path, where it may also be an ARN, whole or in part, with a version at its end. */
const FUNCTION = /^(?:(?:arn:[^:]+:lambda:[^:]+:)?\d+:function:)?([\w-]+)(?::[\w$-]+)?$/;

/**
 * The API of Lambda, as far as it invokes functions.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export class Invocations {
  /** Until it is set, there are none. */
  functions: InvocableFunctions | undefined;

  readonly answer = async (request: RestRequest): Promise<RestResult> => {
    const [, api, kind, given = '', operation, ...more] = request.path.split('/');
    const asked = [request.method, api, kind, operation].join(' ');
    if (asked !== 'POST 2015-03-31 functions invocations' || more.length > 0) {
      throw notRunHere('lambda', request);
    }
    const [, name = ''] = FUNCTION.exec(given) ?? [];
    const { functions } = this;
    if (!functions?.names().includes(name)) {
      throw new AwsError('ResourceNotFoundException', `Function not found: ${given}`, 404);
    }
    switch (request.headers['x-amz-invocation-type'] ?? 'RequestResponse') {
      case 'DryRun':
        return { status: 204 };
      case 'Event':
        await functions.accept(name, request.body);
        return { status: 202 };
      default:
        return answerOf(await functions.invoke(name, request.body));
    }
  };
}

function answerOf(result: InvocationResult): RestResult {
  const version = { 'x-amz-executed-version': '$LATEST' };
  if (result.outcome === 'success') return { headers: version, body: JSON.parse(result.payload) };
  if (result.outcome === 'throttled') {
    throw new AwsError('TooManyRequestsException', result.error.errorMessage, 429);
  }
  // A function that fails was invoked all the same.
  return { headers: { ...version, 'x-amz-function-error': 'Unhandled' }, body: result.error };
}
