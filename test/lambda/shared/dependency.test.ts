import { dependencyFailure, reach, retryConflicts } from '../../../lambda/shared/dependency.ts';
import { ConflictError, DependencyDownError } from '../../../lambda/shared/failures.ts';

const sdkError = (name: string, more: object = {}) =>
  Object.assign(new Error('it said so'), { name, ...more });

describe('reach', () => {
  it('hands over the answer', async () => {
    await expect(reach('SNS', Promise.resolve('answer'))).resolves.toBe('answer');
  });

  it.each([
    ['a fault of the service', sdkError('InternalError', { $fault: 'server' })],
    ['a status above 500', sdkError('Unknown', { $metadata: { httpStatusCode: 503 } })],
    ['too many requests', sdkError('Unknown', { $metadata: { httpStatusCode: 429 } })],
    ['throttling', sdkError('ThrottlingException', { $fault: 'client' })],
    ["a key's throttling", sdkError('KMSThrottlingException', { $fault: 'client' })],
    ['no capacity', sdkError('ProvisionedThroughputExceededException', { $fault: 'client' })],
    ['an error that the SDK calls retryable', sdkError('Odd', { $fault: 'client', $retryable: {} })],
    ['no answer in time', sdkError('TimeoutError')],
    ['a refused connection', sdkError('Error', { code: 'ECONNREFUSED' })],
    ['a name that does not resolve', sdkError('Error', { code: 'EAI_AGAIN' })],
  ])('calls the dependency down upon %s', async (_case, error) => {
    const call = reach('DynamoDB', Promise.reject(error));

    await expect(call).rejects.toThrow(DependencyDownError);
    await expect(call).rejects.toMatchObject({
      message: expect.stringMatching(/^DynamoDB .*it said so.*safe to try again/),
      cause: error,
    });
  });

  it.each([
    [
      'a refused permission',
      sdkError('AccessDeniedException', { $fault: 'client', $metadata: { httpStatusCode: 400 } }),
    ],
    ['a missing table', sdkError('ResourceNotFoundException', { $fault: 'client' })],
    ['a failed condition', sdkError('ConditionalCheckFailedException', { $fault: 'client' })],
    ['a mistake of our own', new TypeError('x is undefined')],
  ])('leaves %s as it is: waiting does not mend it', async (_case, error) => {
    await expect(reach('DynamoDB', Promise.reject(error))).rejects.toBe(error);
  });

  it('makes an error of whatever was thrown', () => {
    expect(dependencyFailure('SNS', 'a text')).toEqual(new Error('Not an Error was thrown: a text'));
  });
});

describe('retryConflicts', () => {
  const failing = (failures: number, error: Error) => {
    let calls = 0;
    return {
      attempt: async () => {
        calls++;
        if (calls <= failures) throw error;
        return calls;
      },
      calls: () => calls,
    };
  };

  it('tries again until there is no conflict', async () => {
    const { attempt } = failing(4, new ConflictError('busy'));

    await expect(retryConflicts(attempt, { pauseMs: 0 })).resolves.toBe(5);
  });

  it('gives up after five tries, with the conflict', async () => {
    const { attempt, calls } = failing(Number.POSITIVE_INFINITY, new ConflictError('busy'));

    await expect(retryConflicts(attempt, { pauseMs: 0 })).rejects.toThrow('busy');
    expect(calls()).toBe(5);
  });

  it('does not try again after any other error', async () => {
    const { attempt, calls } = failing(1, new DependencyDownError('down'));

    await expect(retryConflicts(attempt)).rejects.toThrow('down');
    expect(calls()).toBe(1);
  });
});
