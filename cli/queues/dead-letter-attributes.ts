import type { MessageAttributes } from './queues.ts';

/** What a service writes on a message that it dead-letters: all three, or none. */
const errorAttributes = ['RequestID', 'ErrorCode', 'ErrorMessage'];

/** SQS keeps these beginnings for AWS and refuses a message that brings one. */
const reserved = /^(aws|amazon)\./i;

/**
 * A message's attributes without those that dead-lettering added: what its sender wrote.
 *
 * A single `ErrorCode` is the sender's own and stays.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
 */
export function sendersAttributes(attributes: MessageAttributes): MessageAttributes {
  const carriesError = errorAttributes.every(name => name in attributes);
  return Object.fromEntries(
    Object.entries(withoutReserved(attributes)).filter(
      ([name]) => !(carriesError && errorAttributes.includes(name)),
    ),
  );
}

/** A message's attributes without those that SQS does not take from a sender. */
export function withoutReserved(attributes: MessageAttributes): MessageAttributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !reserved.test(name)));
}
