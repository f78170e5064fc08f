import { failureGroups } from '../../../cli/queues/failure-groups.ts';
import { failureReasonOf } from '../../../cli/queues/failure-reason.ts';
import type { MessageAttributes, ReceivedMessage } from '../../../cli/queues/queues.ts';

const text = (value: string) => ({ dataType: 'String', value });

function message(id: string, over: Partial<ReceivedMessage> = {}): ReceivedMessage {
  return { id, receiptHandle: `handle-${id}`, body: '{}', attributes: {}, receiveCount: 1, ...over };
}

const attributesFor = (reason: string, type = 'order_placed'): MessageAttributes => ({
  eventType: text(type),
  RequestID: text('r'),
  ErrorCode: text('500'),
  ErrorMessage: text(reason),
});

describe('failureReasonOf', () => {
  it.each([
    [
      'what SNS, or the DLQ of a function, writes on a message',
      { attributes: { RequestID: text('r'), ErrorCode: text('403'), ErrorMessage: text('Access denied') } },
      { reason: 'Access denied', code: '403' },
    ],
    [
      'what EventBridge writes',
      {
        attributes: {
          ERROR_CODE: text('NO_PERMISSIONS'),
          ERROR_MESSAGE: text('Lack of permissions'),
          RULE_ARN: text('arn:aws:events:eu-west-1:111122223333:rule/nightly'),
        },
      },
      {
        reason: 'Lack of permissions',
        code: 'NO_PERMISSIONS',
        source: 'arn:aws:events:eu-west-1:111122223333:rule/nightly',
      },
    ],
    [
      "what EventBridge's Scheduler writes",
      { attributes: { ERROR_CODE: text('X'), SCHEDULE_ARN: text('arn:aws:scheduler:x') } },
      { reason: 'X', code: 'X', source: 'arn:aws:scheduler:x' },
    ],
    [
      "a function's answer in the envelope of its on-failure destination",
      {
        body: JSON.stringify({
          requestContext: { functionArn: 'arn:aws:lambda:x', condition: 'RetriesExhausted' },
          requestPayload: {},
          responsePayload: { errorType: 'TypeError', errorMessage: 'x is undefined' },
        }),
      },
      { reason: 'x is undefined', code: 'TypeError', source: 'arn:aws:lambda:x' },
    ],
    [
      'the condition, where the function did not answer',
      {
        body: JSON.stringify({
          requestContext: { functionArn: 'arn:aws:lambda:x', condition: 'EventAgeExceeded' },
        }),
      },
      { reason: 'EventAgeExceeded', source: 'arn:aws:lambda:x' },
    ],
    ['nothing, of what a redrive policy brought', { deadLetterSourceArn: 'arn:aws:sqs:x' }, undefined],
    ["nothing, of a request that is somebody's own", { body: '{"requestContext":{"http":{}}}' }, undefined],
    ['nothing, of a body that only looks like an envelope', { body: '{"requestContext"' }, undefined],
  ])('reads %s', (_, over, expected) => {
    expect(failureReasonOf(message('1', over))).toEqual(expected);
  });
});

describe('failureGroups', () => {
  it('puts together what differs in ids and numbers alone, the largest group first', () => {
    const groups = failureGroups([
      message('1', { attributes: attributesFor('Timeout') }),
      message('2', { attributes: attributesFor('Order 17 not found') }),
      message('3', { attributes: attributesFor('Order 18 not found') }),
      message('4', {
        attributes: attributesFor('Key 6a2c9d0e-4f7b-4b5c-9a51-0f6c1f0d8e11 denied'),
      }),
    ]);

    expect(groups.map(({ reason, count }) => [reason, count])).toEqual([
      ['Order <n> not found', 2],
      ['Timeout', 1],
      ['Key <id> denied', 1],
    ]);
  });

  it('keeps types apart, and those that do not say why', () => {
    const groups = failureGroups([
      message('1', { attributes: attributesFor('Timeout', 'a') }),
      message('2', { attributes: attributesFor('Timeout', 'b') }),
      message('3', { body: '{"event_type":"a"}', deadLetterSourceArn: 'arn:aws:sqs:r:1:orders' }),
      message('4'),
    ]);

    expect(groups.map(({ reason, type, sources }) => [reason, type, sources])).toEqual([
      ['Timeout', 'a', []],
      ['Timeout', 'b', []],
      [undefined, 'a', ['arn:aws:sqs:r:1:orders']],
      [undefined, '(none)', []],
    ]);
  });

  it('tells the span of times and receives, with the oldest as an example', () => {
    const [group] = failureGroups([
      message('1', { sentAt: 3_000, firstReceivedAt: 9_000, receiveCount: 6 }),
      message('2', { sentAt: 1_000, firstReceivedAt: 5_000, receiveCount: 9 }),
      message('3', { sentAt: 2_000, firstReceivedAt: 7_000, receiveCount: 5 }),
    ]);

    expect(group).toMatchObject({
      count: 3,
      oldestSentAt: 1_000,
      newestSentAt: 3_000,
      firstSeenAt: 5_000,
      fewestReceives: 5,
      mostReceives: 9,
      sample: { id: '2' },
    });
  });

  it('makes nothing of nothing', () => {
    expect(failureGroups([])).toEqual([]);
  });
});
