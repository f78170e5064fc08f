import { Duration, Validations } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Construct } from 'constructs';
import type { EnvironmentSchema } from '../../contracts/environment.ts';
import type { DurableQueue } from './durable-queue.ts';
import { MessageFunction, type MessageFunctionProps } from './message-function.ts';
import { validateProps, within } from './validation.ts';

/** Visibility timeouts are to hold for so many function timeouts: Lambda retries a throttled batch. */
const timeoutsToHold = 6;

export interface QueueConsumerProps<Schema extends EnvironmentSchema> extends MessageFunctionProps<Schema> {
  readonly queue: DurableQueue;

  /**
   * Most messages in one invocation, 1 to 10; up to 10,000 from a standard queue with a batching window.
   *
   * @default 10
   */
  readonly batchSize?: number;

  /**
   * How long to wait for a batch to fill, up to 5 minutes; a FIFO queue's are handed over as they are.
   *
   * @default Duration.seconds(0)
   */
  readonly batchingWindow?: Duration;

  /**
   * Most invocations at once for this queue, 2 to 1,000. Reserved concurrency instead would throttle
   * the pollers, and throttled messages end in the DLQ.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
   */
  readonly maxConcurrency: number;
}

/**
 * Function that takes a queue's messages in batches and reports which of them failed, so that only
 * those come back.
 *
 * @throws PropsError when a prop is out of range, or the queue would hand a message to a second
 * invocation while the first may still be working on it.
 */
export class QueueConsumer<
  Schema extends EnvironmentSchema = EnvironmentSchema,
> extends MessageFunction<Schema> {
  readonly queue: DurableQueue;
  /** Most invocations at once for the queue. */
  readonly maxConcurrency: number;

  constructor(scope: Construct, id: string, props: QueueConsumerProps<Schema>) {
    const batchSize = props.batchSize ?? 10;
    const batchingWindow = props.batchingWindow ?? Duration.seconds(0);
    validateProps(scope, id, [
      {
        prop: 'batchSize',
        value: batchSize,
        holds:
          Number.isInteger(batchSize) && within(batchSize, 1, batchingWindow.toSeconds() > 0 ? 10_000 : 10),
        allowed: 'a whole number from 1 to 10, or to 10,000 with a batchingWindow',
        remedy: 'Set batchingWindow for larger batches.',
      },
      {
        prop: 'batchingWindow',
        value: `${batchingWindow.toSeconds()} s`,
        holds: within(batchingWindow.toSeconds(), 0, 300),
        allowed: '0 seconds to 5 minutes',
        remedy: 'A longer wait needs a delay on the queue.',
      },
      {
        prop: 'batchingWindow',
        value: `${batchingWindow.toSeconds()} s`,
        holds: !props.queue.queue.fifo || batchingWindow.toSeconds() === 0,
        allowed: 'none for a FIFO queue',
        remedy: 'Lambda gathers no batches from one: leave it out.',
      },
      {
        prop: 'maxConcurrency',
        value: props.maxConcurrency,
        holds: Number.isInteger(props.maxConcurrency) && within(props.maxConcurrency, 2, 1_000),
        allowed: 'a whole number from 2 to 1,000',
        remedy: 'One invocation at a time takes a FIFO queue with one message group.',
      },
    ]);
    super(scope, id, props);

    const held = props.queue.visibilityTimeout.toSeconds();
    const needed = timeoutsToHold * this.timeout.toSeconds() + batchingWindow.toSeconds();
    validateProps(scope, id, [
      {
        prop: "queue's visibilityTimeout",
        value: `${held} s`,
        holds: held >= needed,
        allowed: `${needed} s or more, six times the function's timeout and the batching window`,
        remedy: 'Raise it, or shorten the timeout of the function.',
      },
    ]);

    this.queue = props.queue;
    this.triggeredBy(props.queue);
    this.maxConcurrency = props.maxConcurrency;
    this.function.addEventSource(
      new SqsEventSource(props.queue.queue, {
        batchSize,
        ...(batchingWindow.toSeconds() > 0 && { maxBatchingWindow: batchingWindow }),
        maxConcurrency: props.maxConcurrency,
        reportBatchItemFailures: true,
      }),
    );
    const reason = "What fails stays in the queue and goes to the queue's DLQ";
    Validations.of(this).acknowledge(
      { id: 'Serverless::Serverless-LambdaDLQ', reason },
      { id: 'Serverless::Serverless-LambdaEventSourceMappingDestination', reason },
    );
  }
}
