/** An SQS event source mapping as the template declares it. */
export interface MappingSpec {
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly functionName: string;
  /** Messages an invocation, 1 to 10,000; above 10 a window is needed, and FIFO queues take 10 at most. @default 10 */
  readonly batchSize?: number;
  /** Seconds to gather a batch for, 0 to 300; not for FIFO queues. @default 0 */
  readonly maximumBatchingWindowSeconds?: number;
  /** Invocations at once, 2 to 1,000. @default as many as there are pollers */
  readonly maximumConcurrency?: number;
  /** Whether the function answers with the messages that failed. @default false */
  readonly reportBatchItemFailures?: boolean;
  /** Patterns, as JSON text, of which a message must meet one. @default every message is handed on */
  readonly filterPatterns?: readonly string[];
}

/** A mapping that Lambda would refuse, or that uses what is not run locally. */
export class InvalidMapping extends Error {
  override readonly name = 'InvalidMapping';

  constructor(spec: Pick<MappingSpec, 'queueArn' | 'functionName'>, fault: string) {
    super(`Event source mapping of ${spec.queueArn} to ${spec.functionName}: ${fault}.`);
  }
}

export type CompleteMappingSpec = Required<Omit<MappingSpec, 'maximumConcurrency'>> &
  Pick<MappingSpec, 'maximumConcurrency'> & { readonly region: string; readonly isFifo: boolean };

/**
 * Fills in Lambda's defaults and refuses what Lambda refuses.
 *
 * @throws InvalidMapping saying property, value and what is allowed
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
 */
export function completeMappingSpec(spec: MappingSpec): CompleteMappingSpec {
  const { batchSize = 10, maximumBatchingWindowSeconds: window = 0, maximumConcurrency } = spec;
  const refuse = (property: string, value: unknown, allowed: string): never => {
    throw new InvalidMapping(spec, `${property} is ${value}; allowed: ${allowed}`);
  };
  const whole = (value: number, low: number, high: number) =>
    Number.isInteger(value) && value >= low && value <= high;
  const region = spec.queueArn.split(':')[3] ?? '';
  const isFifo = spec.queueArn.endsWith('.fifo');
  if (!/^arn:[^:]+:sqs:[^:]+:\d{12}:[^:]+$/.test(spec.queueArn)) {
    refuse('queueArn', spec.queueArn, 'the ARN of an SQS queue, "arn:aws:sqs:region:account:name"');
  }
  if (!whole(batchSize, 1, 10_000)) refuse('batchSize', batchSize, 'a whole number from 1 to 10000');
  if (!whole(window, 0, 300)) refuse('maximumBatchingWindowSeconds', window, 'whole seconds from 0 to 300');
  if (isFifo && batchSize > 10) refuse('batchSize', batchSize, '10 at most, because the queue is FIFO');
  if (isFifo && window > 0) refuse('maximumBatchingWindowSeconds', window, '0, because the queue is FIFO');
  if (batchSize > 10 && window === 0) {
    refuse('batchSize', batchSize, '10 at most without a maximumBatchingWindowSeconds of 1 or more');
  }
  if (maximumConcurrency !== undefined && !whole(maximumConcurrency, 2, 1000)) {
    refuse('maximumConcurrency', maximumConcurrency, 'a whole number from 2 to 1000');
  }
  return {
    queueUrl: spec.queueUrl,
    queueArn: spec.queueArn,
    functionName: spec.functionName,
    batchSize,
    maximumBatchingWindowSeconds: window,
    reportBatchItemFailures: spec.reportBatchItemFailures ?? false,
    filterPatterns: spec.filterPatterns ?? [],
    region,
    isFifo,
    ...(maximumConcurrency === undefined ? {} : { maximumConcurrency }),
  };
}
