/**
 * Largest message that SQS takes, body and attributes together: the default of a queue's MaximumMessageSize.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 */
export const maxQueueMessageBytes = 1_048_576;

/**
 * Largest message that SNS takes, body and attributes together: the default of a topic's MaximumMessageSize.
 * It can be raised to 1 MiB, for a topic whose subscribers are queues, functions and Firehose streams only.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/large-message-payloads.html
 */
export const maxTopicMessageBytes = 262_144;
