/** A subscription that sends what it cannot deliver to a DLQ. */
export interface DeadLetteringSubscription {
  readonly arn: string;
  readonly topicArn: string;
  /** `sqs`, `lambda`, `https` and so on. */
  readonly protocol: string;
  /** For `sqs` the ARN of a queue. */
  readonly endpoint: string;
  /** ARN of its DLQ. */
  readonly deadLetterQueueArn: string;
}

/** Subscriptions of one account. Every method may throw CommandFailure. */
export interface Subscriptions {
  /**
   * The subscriptions whose redrive policy names a queue. They are in the queue's own account and
   * region, whatever region their endpoint is in.
   *
   * @see https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
   */
  deadLetteringTo(queueArn: string): Promise<readonly DeadLetteringSubscription[]>;
  /** All subscriptions with a DLQ, in the region that the command is about. */
  deadLettering(): Promise<readonly DeadLetteringSubscription[]>;
}
