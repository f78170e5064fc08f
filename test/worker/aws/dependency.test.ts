import { reach } from '../../../worker/aws/dependency.ts';
import { DependencyDownError } from '../../../worker/failures.ts';

const failing = (name: string, fields: object = {}) =>
  reach('SNS', Promise.reject(Object.assign(new Error('why'), { name }, fields)));

describe('reach', () => {
  it('answers what the call answers', async () => {
    await expect(reach('SNS', Promise.resolve(7))).resolves.toBe(7);
  });

  it.each([
    ['a fault of the service', 'InternalErrorException', { $fault: 'server' }],
    ['a throttled call', 'ThrottledException', {}],
    ['a call that the SDK finds worth another try', 'SomeException', { $retryable: {} }],
    ['an answer that does not come', 'TimeoutError', {}],
    ['a connection that is refused', 'Error', { code: 'ECONNREFUSED' }],
    ['status 503', 'UnknownError', { $metadata: { httpStatusCode: 503 } }],
    ['status 429', 'UnknownError', { $metadata: { httpStatusCode: 429 } }],
  ])('takes %s for a dependency that is down', async (_, name, fields) => {
    await expect(failing(name, fields)).rejects.toThrow(DependencyDownError);
    await expect(failing(name, fields)).rejects.toThrow(`SNS did not answer: ${name}: why`);
  });

  it.each(['AccessDenied', 'NoSuchKey', 'PreconditionFailed', 'AuthorizationErrorException'])(
    'passes %s on as it is',
    async name => {
      await expect(failing(name, { $fault: 'client' })).rejects.toMatchObject({ name, message: 'why' });
    },
  );
});
