import { completeMappingSpec, InvalidMapping } from '../../../local/mappings/mapping-spec.ts';

const minimal = {
  queueUrl: 'http://127.0.0.1/000000000000/orders',
  queueArn: 'arn:aws:sqs:eu-west-1:000000000000:orders',
  functionName: 'payment',
};

describe('completeMappingSpec', () => {
  it("fills in Lambda's defaults and reads region and kind from the ARN", () => {
    expect(completeMappingSpec(minimal)).toEqual({
      ...minimal,
      batchSize: 10,
      maximumBatchingWindowSeconds: 0,
      reportBatchItemFailures: false,
      filterPatterns: [],
      region: 'eu-west-1',
      isFifo: false,
    });
    expect(completeMappingSpec({ ...minimal, queueArn: `${minimal.queueArn}.fifo` }).isFifo).toBe(true);
  });

  it.each([
    ['queueArn', { queueArn: 'orders' }, 'queueArn is orders'],
    ['batchSize', { batchSize: 0 }, 'batchSize is 0; allowed: a whole number from 1 to 10000'],
    ['maximumBatchingWindowSeconds', { maximumBatchingWindowSeconds: 301 }, '0 to 300'],
    [
      'maximumConcurrency',
      { maximumConcurrency: 1 },
      'maximumConcurrency is 1; allowed: a whole number from 2 to 1000',
    ],
    [
      'a large batch without a window',
      { batchSize: 11 },
      '10 at most without a maximumBatchingWindowSeconds',
    ],
    [
      'a large batch of a FIFO queue',
      { batchSize: 11, maximumBatchingWindowSeconds: 1, queueArn: `${minimal.queueArn}.fifo` },
      'because the queue is FIFO',
    ],
    [
      'a window of a FIFO queue',
      { maximumBatchingWindowSeconds: 1, queueArn: `${minimal.queueArn}.fifo` },
      'because the queue is FIFO',
    ],
  ])('fails when %s is out of range', (_property, overrides, fault) => {
    const complete = () => completeMappingSpec({ ...minimal, ...overrides });

    expect(complete).toThrow(InvalidMapping);
    expect(complete).toThrow(fault);
    expect(complete).toThrow('to payment');
  });
});
