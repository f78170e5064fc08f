import { explain } from '../../../cli/aws/aws-faults.ts';
import { CommandFailure, ThrottledError } from '../../../cli/command-errors.ts';

const about = {
  action: 'ReceiveMessage',
  on: 'order-processing-payment-dlq',
  permissions: ['sqs:ReceiveMessage'],
  endpoint: undefined,
};
const local = { ...about, endpoint: 'http://127.0.0.1:4566' };

function fault(name: string, message = 'no', more: object = {}): Error {
  return Object.assign(new Error(message), { name, ...more });
}

describe('explain', () => {
  it.each([
    ['nothing listens locally', fault('Error', 'x', { code: 'ECONNREFUSED' }), local, /npm start/],
    [
      'something else refuses',
      fault('Error', 'x', { code: 'ECONNREFUSED' }),
      { ...about, endpoint: 'https://sqs.example.com' },
      /https:\/\/sqs\.example\.com was refused.*--endpoint/,
    ],
    ['nothing answers', fault('TimeoutError'), about, /AWS does not answer.*--region/],
    ['the name does not resolve', fault('Error', 'x', { code: 'ENOTFOUND' }), about, /--region/],
    ['no region is set', fault('Error', 'Region is missing'), about, /--region eu-west-1.*--local/],
    ['nobody is signed in', fault('CredentialsProviderError'), about, /aws sso login/],
    ['the sign-in is old', fault('ExpiredTokenException'), about, /aws sso login/],
    ['it is not allowed', fault('AccessDeniedException'), about, /Needed: sqs:ReceiveMessage/],
    ['the key is not allowed', fault('KmsAccessDenied'), about, /Needed: sqs:ReceiveMessage/],
    ['the queue is gone', fault('QueueDoesNotExist'), about, /does not exist any more/],
    [
      'the queue is gone, in the words of the query protocol',
      fault('AWS.SimpleQueueService.NonExistentQueue'),
      about,
      /does not exist any more/,
    ],
    ['anything else', fault('InternalError', 'boom'), about, /InternalError: boom/],
  ])('says what to do when %s', (_, thrown, request, expected) => {
    const explained = explain(thrown, request);

    expect(explained).toBeInstanceOf(CommandFailure);
    expect(explained.message.replaceAll('\n', ' ')).toMatch(expected);
    expect(explained.cause).toBe(thrown);
  });

  it.each([
    [fault('RequestThrottled')],
    [fault('ThrottlingException')],
    [fault('KmsThrottled')],
    [fault('SomethingNew', 'x', { $metadata: { httpStatusCode: 429 } })],
  ])('tells apart what passes: %s', thrown => {
    expect(explain(thrown, about)).toBeInstanceOf(ThrottledError);
  });
});
