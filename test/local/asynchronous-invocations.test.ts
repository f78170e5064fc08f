import { AsynchronousInvocations, type LostInvocation } from '../../local/asynchronous-invocations.ts';
import { DeliveryFailed } from '../../local/emulators/sns/queue-delivery.ts';
import type { InvocationResult } from '../../local/functions/invocation.ts';

const arnOf = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
const dlq = 'arn:aws:sqs:us-east-1:000000000000:failed';
const event = { Records: [{ Sns: { Message: 'hello' } }] };

const success: InvocationResult = { outcome: 'success', requestId: 'r', durationMs: 1, payload: '"done"' };
const failed = (outcome: 'error' | 'throttled' = 'error'): InvocationResult => ({
  outcome,
  requestId: 'r',
  durationMs: 1,
  error: { errorType: 'MailDown', errorMessage: 'no mail today', trace: ['at send'] },
});

/** The function `greet` answers with these results, then with the last of them, and `log` succeeds. */
function invocations(...results: InvocationResult[]) {
  const invoked: { readonly name: string; readonly event: unknown }[] = [];
  const sent: { readonly arn: string; readonly content: unknown; readonly attributes: unknown }[] = [];
  const lost: LostInvocation[] = [];
  const asynchronous = new AsynchronousInvocations(
    {
      functionNames: ['greet', 'log'],
      invoke: async (name, payload) => {
        invoked.push({ name, event: payload });
        if (name === 'log') return success;
        return (results.length > 1 ? results.shift() : results[0]) ?? success;
      },
    },
    async (arn, body, attributes) => {
      if (arn.endsWith(':gone')) throw new Error('there is no such queue');
      sent.push({ arn, content: JSON.parse(body), attributes });
    },
  );
  asynchronous.onLost = loss => lost.push(loss);
  return { asynchronous, invoked, sent, lost };
}

async function accepted(made: ReturnType<typeof invocations>): Promise<void> {
  await made.asynchronous.accept(arnOf('greet'), event);
  await made.asynchronous.settled();
}

describe('an asynchronous invocation', () => {
  it('is done once the function succeeds', async () => {
    const made = invocations(failed(), success);
    made.asynchronous.configure('greet', { onFailure: dlq });
    await accepted(made);
    expect(made.invoked).toHaveLength(2);
    expect(made.sent).toEqual([]);
  });

  it('is tried three times, then the on-failure destination has the event and how it failed', async () => {
    const made = invocations(failed());
    made.asynchronous.configure('greet', { onFailure: dlq });
    await accepted(made);
    expect(made.invoked).toHaveLength(3);
    expect(made.sent).toEqual([
      {
        arn: dlq,
        attributes: {},
        content: {
          version: '1.0',
          timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
          requestContext: {
            requestId: 'r',
            functionArn: `${arnOf('greet')}:$LATEST`,
            condition: 'RetriesExhausted',
            approximateInvokeCount: 3,
          },
          requestPayload: event,
          responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
          responsePayload: { errorType: 'MailDown', errorMessage: 'no mail today', trace: ['at send'] },
        },
      },
    ]);
  });

  it('is tried as often as its function says', async () => {
    const made = invocations(failed());
    made.asynchronous.configure('greet', { maxRetries: 0, onFailure: dlq });
    await accepted(made);
    expect(made.invoked).toHaveLength(1);
    expect(made.sent).toHaveLength(1);
  });

  it('is not counted as tried while the function is throttled', async () => {
    const made = invocations(failed('throttled'), failed('throttled'), failed(), success);
    made.asynchronous.configure('greet', { maxRetries: 1, onFailure: dlq });
    await made.asynchronous.accept(arnOf('greet'), event);
    while (made.invoked.length < 4) await new Promise(setImmediate);
    await made.asynchronous.settled();
    expect(made.sent).toEqual([]);
  });

  it('is given up when it has become too old, though it never ran', async () => {
    const made = invocations(failed('throttled'));
    made.asynchronous.configure('greet', { maxAgeSeconds: 60, onFailure: dlq });
    await made.asynchronous.accept(arnOf('greet'), event);
    while (made.sent.length === 0) await new Promise(setImmediate);
    const [{ content } = { content: {} }] = made.sent;
    expect(content).toMatchObject({
      requestContext: { condition: 'EventAgeExceeded', approximateInvokeCount: 0 },
      requestPayload: event,
    });
    expect(content).not.toHaveProperty('responsePayload');
  });

  it('leaves the event as it is in the DLQ of the function', async () => {
    const made = invocations(failed());
    made.asynchronous.configure('greet', { deadLetterTarget: dlq });
    made.asynchronous.configure('greet', { maxRetries: 0 });
    await accepted(made);
    expect(made.sent).toEqual([
      {
        arn: dlq,
        content: event,
        attributes: { RequestID: 'r', ErrorCode: '200', ErrorMessage: 'no mail today' },
      },
    ]);
  });

  it('tells another function what came of it', async () => {
    const made = invocations(success);
    made.asynchronous.configure('greet', { onSuccess: arnOf('log') });
    await accepted(made);
    expect(made.invoked[1]).toMatchObject({
      name: 'log',
      event: { requestContext: { condition: 'Success' }, requestPayload: event, responsePayload: 'done' },
    });
  });

  it('is reported as lost where what it failed on cannot be kept', async () => {
    const made = invocations(failed());
    made.asynchronous.configure('greet', { maxRetries: 0, onFailure: `${dlq}:gone` });
    await accepted(made);
    expect(made.lost).toEqual([
      { functionName: 'greet', reason: `${dlq}:gone did not take it: Error: there is no such queue` },
    ]);
  });

  it('of a function that is not there fails at once', async () => {
    const { asynchronous } = invocations(success);
    await expect(asynchronous.accept(arnOf('nobody'), event)).rejects.toThrow(DeliveryFailed);
  });
});
