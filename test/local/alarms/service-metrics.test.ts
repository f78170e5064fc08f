import { lambdaMetrics, queueMetrics } from '../../../local/alarms/service-metrics.ts';
import type { InvocationResult } from '../../../local/functions/invocation.ts';

const valuesOf = (samples: readonly { name: string; value: number }[]) =>
  Object.fromEntries(samples.map(({ name, value }) => [name, value]));

const report = (result: Partial<InvocationResult>) => ({
  functionName: 'payment',
  concurrentExecutions: 2,
  result: { requestId: 'r', durationMs: 12, ...result } as InvocationResult,
});

describe('lambdaMetrics', () => {
  it('counts a success without an error', () => {
    const samples = lambdaMetrics(report({ outcome: 'success' }), 5);

    expect(valuesOf(samples)).toEqual({
      Invocations: 1,
      Errors: 0,
      Throttles: 0,
      Duration: 12,
      ConcurrentExecutions: 2,
    });
    expect(samples[3]).toEqual({
      namespace: 'AWS/Lambda',
      name: 'Duration',
      dimensions: { FunctionName: 'payment' },
      value: 12,
      unit: 'Milliseconds',
      timestamp: 5,
    });
  });

  it.each(['error', 'timeout', 'crash', 'init-failure'] as const)(
    'counts an invocation ending in %s as an error',
    outcome => {
      expect(valuesOf(lambdaMetrics(report({ outcome }), 5))).toMatchObject({ Invocations: 1, Errors: 1 });
    },
  );

  it('counts a throttled invocation as nothing else', () => {
    expect(valuesOf(lambdaMetrics(report({ outcome: 'throttled' }), 5))).toEqual({ Throttles: 1 });
  });
});

describe('queueMetrics', () => {
  it("gives a queue's gauges under its name", () => {
    const samples = queueMetrics(
      { queueName: 'dlq', visible: 1, notVisible: 2, delayed: 3, ageOfOldestMessageSeconds: 4 },
      5,
    );

    expect(valuesOf(samples)).toEqual({
      ApproximateNumberOfMessagesVisible: 1,
      ApproximateNumberOfMessagesNotVisible: 2,
      ApproximateNumberOfMessagesDelayed: 3,
      ApproximateAgeOfOldestMessage: 4,
    });
    expect(samples[0]).toMatchObject({
      namespace: 'AWS/SQS',
      dimensions: { QueueName: 'dlq' },
      timestamp: 5,
    });
  });

  it('gives what is of noisy groups and of quiet ones, where the queue is fair', () => {
    const all = { visible: 100, notVisible: 30, delayed: 3, ageOfOldestMessageSeconds: 60 };
    const inQuietGroups = { visible: 1, notVisible: 2, delayed: 0, ageOfOldestMessageSeconds: 4 };

    const samples = queueMetrics(
      { queueName: 'orders', ...all, fairness: { noisyGroups: 1, inQuietGroups } },
      5,
    );

    expect(valuesOf(samples)).toEqual({
      ApproximateNumberOfMessagesVisible: 100,
      ApproximateNumberOfMessagesNotVisible: 30,
      ApproximateNumberOfMessagesDelayed: 3,
      ApproximateAgeOfOldestMessage: 60,
      ApproximateNumberOfNoisyGroups: 1,
      ApproximateNumberOfMessagesVisibleInQuietGroups: 1,
      ApproximateNumberOfMessagesNotVisibleInQuietGroups: 2,
      ApproximateNumberOfMessagesDelayedInQuietGroups: 0,
      ApproximateAgeOfOldestMessageInQuietGroups: 4,
    });
  });
});
