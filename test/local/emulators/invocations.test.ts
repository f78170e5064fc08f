import type { InvocationResult } from '../../../local/functions/invocation.ts';
import { EndpointUnderTest } from './endpoint-under-test.ts';

const invoked: { readonly name: string; readonly event: unknown }[] = [];
const accepted: typeof invoked = [];
let result: InvocationResult;

let cloud: EndpointUnderTest;
beforeAll(async () => {
  cloud = await EndpointUnderTest.start();
  cloud.endpoint.invocations.functions = {
    names: () => ['redriver'],
    async invoke(name, event) {
      invoked.push({ name, event });
      return result;
    },
    async accept(name, event) {
      accepted.push({ name, event });
    },
  };
});
afterAll(() => cloud.stop());
beforeEach(() => {
  for (const taken of [invoked, accepted]) taken.splice(0);
  result = { outcome: 'success', requestId: 'r', durationMs: 1, payload: '[{"moved":5}]' };
});

/** Invokes as SDK and AWS CLI do. */
async function invoke(name: string, event: unknown, type?: string) {
  const answer = await fetch(
    `${cloud.endpoint.url}/2015-03-31/functions/${encodeURIComponent(name)}/invocations`,
    {
      method: 'POST',
      headers: {
        authorization: 'AWS4-HMAC-SHA256 Credential=key/20260101/eu-west-1/lambda/aws4_request',
        ...(type !== undefined && { 'x-amz-invocation-type': type }),
      },
      body: JSON.stringify(event),
    },
  );
  const text = await answer.text();
  return {
    status: answer.status,
    error: answer.headers.get('x-amz-function-error') ?? answer.headers.get('x-amzn-errortype'),
    body: text === '' ? undefined : JSON.parse(text),
  };
}

describe('Lambda', () => {
  it.each(['redriver', 'redriver:$LATEST', 'arn:aws:lambda:eu-west-1:000000000000:function:redriver'])(
    'invokes %s, and answers with what it returned',
    async name => {
      expect(await invoke(name, { action: 'start' })).toEqual({
        status: 200,
        error: null,
        body: [{ moved: 5 }],
      });
      expect(invoked).toEqual([{ name: 'redriver', event: { action: 'start' } }]);
    },
  );

  it('answers with what a function threw, as an invocation that was made', async () => {
    const error = { errorType: 'RedriveCommandError', errorMessage: 'No command', trace: [] };
    result = { outcome: 'error', requestId: 'r', durationMs: 1, error };
    expect(await invoke('redriver', {})).toEqual({ status: 200, error: 'Unhandled', body: error });
  });

  it('refuses what is throttled', async () => {
    const error = { errorType: 'TooManyRequestsException', errorMessage: 'Rate exceeded', trace: [] };
    result = { outcome: 'throttled', requestId: 'r', durationMs: 0, error };
    expect(await invoke('redriver', {})).toMatchObject({ status: 429, error: 'TooManyRequestsException' });
  });

  it('takes an event for later, and tries whether there is a function', async () => {
    expect(await invoke('redriver', { action: 'stop' }, 'Event')).toMatchObject({ status: 202 });
    expect(accepted).toEqual([{ name: 'redriver', event: { action: 'stop' } }]);
    expect(await invoke('redriver', {}, 'DryRun')).toMatchObject({ status: 204 });
    expect(invoked).toEqual([]);
  });

  it('knows no other functions, and does nothing else', async () => {
    expect(await invoke('another', {})).toMatchObject({ status: 404, error: 'ResourceNotFoundException' });
    const listed = await fetch(`${cloud.endpoint.url}/2015-03-31/functions/`, {
      headers: { authorization: 'AWS4-HMAC-SHA256 Credential=key/20260101/eu-west-1/lambda/aws4_request' },
    });
    expect(listed.headers.get('x-amzn-errortype')).toBe('UnknownOperationException');
  });
});
