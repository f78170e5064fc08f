/** What a service writes on a message that it dead-letters: all three, or none. */
const errorAttributes = ['RequestID', 'ErrorCode', 'ErrorMessage'];

/** SQS keeps these beginnings for AWS and refuses a message that brings one. */
const reserved = /^(aws|amazon)\./i;

/** Message attributes by their names, in whatever form somebody keeps them. */
type Attributes<Attribute> = Readonly<Record<string, Attribute>>;

/**
 * A message's attributes without those that dead-lettering added: what its sender wrote.
 *
 * A single `ErrorCode` is the sender's own and stays.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
 */
export function sendersAttributes<Attribute>(attributes: Attributes<Attribute>): Attributes<Attribute> {
  const carriesError = errorAttributes.every(name => name in attributes);
  return Object.fromEntries(
    Object.entries(withoutReserved(attributes)).filter(
      ([name]) => !(carriesError && errorAttributes.includes(name)),
    ),
  );
}

/** A message's attributes without those that SQS does not take from a sender. */
export function withoutReserved<Attribute>(attributes: Attributes<Attribute>): Attributes<Attribute> {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !reserved.test(name)));
}

/** What decides under which deduplication id a dead letter is sent again. */
export interface DeadLetterIdentity {
  readonly id: string;
  readonly deduplicationId?: string | undefined;
  /** The queue whose redrive policy brought the message here; none for what came any other way. */
  readonly deadLetterSourceArn?: string | undefined;
}

/**
 * Deduplication id of a dead letter's copy. One that a redrive policy brought here gets its message id, as SQS
 * itself does: with the one it was sent with, the queue that it comes from would take the copy for a duplicate
 * within five minutes, and drop it.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
 */
export function deduplicationIdOfCopy(message: DeadLetterIdentity): string | undefined {
  return message.deadLetterSourceArn === undefined ? message.deduplicationId : message.id;
}
