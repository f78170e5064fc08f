import { Duration, Validations } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { EventSchemas } from '../../../contracts/events.ts';
import { DeadLetterQueue } from '../dead-letter-queue.ts';
import type { MessageFunction } from '../message-function.ts';
import type { MessageKey } from '../message-key.ts';
import { grantSend } from '../queue-grants.ts';
import { validateProps, within } from '../validation.ts';
import type { SubscribableTopic, Subscribed } from './topic-subscription.ts';

export interface FunctionSubscriptionProps<Schemas extends EventSchemas> {
  readonly topic: SubscribableTopic<Schemas>;
  readonly selection: Subscribed<Schemas>;

  /** Gets one event an invocation, inside the envelope of SNS. It can have one such subscription: its on-failure destination is one. */
  readonly function: MessageFunction;

  /** Key of both DLQs. @default - SSE-SQS: keys that SQS manages, at no charge */
  readonly key?: MessageKey;

  /**
   * How often Lambda tries an event again that the function failed on, 0 to 2: a minute after the first
   * try, and two minutes after the second.
   *
   * @default 2
   */
  readonly maxRetries?: number;

  /**
   * How long an event may wait for the function, retries and throttling included, 60 seconds to 6 hours.
   *
   * @default Duration.hours(6)
   */
  readonly maxEventAge?: Duration;
}

/**
 * Function that a topic invokes, with no queue between: SNS hands an event over to Lambda and is done with it,
 * Lambda keeps it while the function is tried. So an event can be lost in two places, and a DLQ stands behind
 * each: {@link undelivered} where Lambda did not take the event, {@link failed} where the function did not
 * handle it.
 *
 * @throws PropsError when a prop is out of the range that Lambda allows.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-lambda-as-subscriber.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export class FunctionSubscription<Schemas extends EventSchemas> extends Construct {
  /** DLQ of the subscription: events as SNS would have handed them over. */
  readonly undelivered: DeadLetterQueue;

  /** Destination of what the function failed on: the event, and how it failed, in one record of Lambda's. */
  readonly failed: DeadLetterQueue;

  constructor(scope: Construct, id: string, props: FunctionSubscriptionProps<Schemas>) {
    const maxRetries = props.maxRetries ?? 2;
    const maxEventAge = props.maxEventAge ?? Duration.hours(6);
    validateProps(scope, id, [
      {
        prop: 'maxRetries',
        value: maxRetries,
        holds: Number.isInteger(maxRetries) && within(maxRetries, 0, 2),
        allowed: '0, 1 or 2',
        remedy: 'What needs more tries, or longer pauses between them, waits better in a queue.',
      },
      {
        prop: 'maxEventAge',
        value: `${maxEventAge.toSeconds()} s`,
        holds: within(maxEventAge.toSeconds(), 60, 21_600),
        allowed: '60 seconds to 6 hours',
        remedy: 'What may wait longer waits better in a queue.',
      },
    ]);
    super(scope, id);

    const { topic, function: subscriber, key } = props;
    this.failed = new DeadLetterQueue(this, 'Failed', { key });
    grantSend(subscriber.function, { queue: this.failed, key });
    subscriber.function.configureAsyncInvoke({
      // Not `SqsDestination`, whose grant is wider than what Lambda does.
      onFailure: { bind: () => ({ destination: this.failed.queueArn }) },
      retryAttempts: maxRetries,
      maxEventAge,
    });

    const source = { sourceArn: topic.topic.topicArn };
    key?.admit('sns.amazonaws.com', source);
    this.undelivered = topic.subscribe(this, props.selection, {
      protocol: sns.SubscriptionProtocol.LAMBDA,
      endpoint: subscriber.function.functionArn,
      key,
      admission: new lambda.CfnPermission(this, 'Permission', {
        action: 'lambda:InvokeFunction',
        functionName: subscriber.function.functionArn,
        principal: 'sns.amazonaws.com',
        // No account beside it: SNS does not state one.
        sourceArn: source.sourceArn,
      }),
    });
    Validations.of(subscriber).acknowledge({
      id: 'Serverless::Serverless-LambdaDLQ',
      reason: 'What the function fails on goes to its on-failure destination, which keeps the reason too',
    });
  }
}
