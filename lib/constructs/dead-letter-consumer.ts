import { Validations } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Construct } from 'constructs';
import type { EnvironmentSchema } from '../../contracts/environment.ts';
import type { DurableQueue } from './durable-queue.ts';
import { MessageFunction, type MessageFunctionProps } from './message-function.ts';
import { validateProps } from './validation.ts';

export interface DeadLetterConsumerProps<Schema extends EnvironmentSchema>
  extends MessageFunctionProps<Schema> {
  /** The queue whose DLQ is taken from; its `deadLetterVisibilityTimeout` is six of the function's timeouts. */
  readonly queue: DurableQueue;
}

/** Fewest that Lambda takes; more gain nothing where a message is the exception. */
const maxConcurrency = 2;

/**
 * Function that answers for the messages that a queue gave up, where somebody waits to hear of each. What it
 * cannot answer for stays in the DLQ, whose alarm tells a person: there is no queue behind that.
 *
 * @throws PropsError when the DLQ would hand a message to a second invocation while the first may still be
 * working on it.
 */
export class DeadLetterConsumer<
  Schema extends EnvironmentSchema = EnvironmentSchema,
> extends MessageFunction<Schema> {
  constructor(scope: Construct, id: string, props: DeadLetterConsumerProps<Schema>) {
    super(scope, id, props);
    const { queue } = props;
    const held = queue.deadLetterVisibilityTimeout.toSeconds();
    const needed = 6 * this.timeout.toSeconds();
    validateProps(scope, id, [
      {
        prop: "queue's deadLetterVisibilityTimeout",
        value: `${held} s`,
        holds: held >= needed,
        allowed: `${needed} s or more, six times the function's timeout`,
        remedy: 'Raise it, or shorten the timeout of the function.',
      },
    ]);
    this.triggeredBy(queue);
    this.function.addEventSource(
      new SqsEventSource(queue.deadLetterQueue, {
        batchSize: 10,
        maxConcurrency,
        reportBatchItemFailures: true,
      }),
    );
    const reason = 'What cannot be answered for stays in the DLQ that it came from';
    Validations.of(this).acknowledge(
      { id: 'Serverless::Serverless-LambdaDLQ', reason },
      { id: 'Serverless::Serverless-LambdaEventSourceMappingDestination', reason },
    );
  }
}
