import * as sqs from 'aws-cdk-lib/aws-sqs';

/**
 * What makes a queue FIFO with high throughput: order and deduplication by message group. A queue and its DLQ
 * have the same: a DLQ that remembers ids across groups would take messages of two groups for one.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/high-throughput-fifo.html
 */
export const highThroughputFifo = {
  fifo: true,
  // The id of a message that has none is the SHA-256 of its body.
  contentBasedDeduplication: true,
  deduplicationScope: sqs.DeduplicationScope.MESSAGE_GROUP,
  fifoThroughputLimit: sqs.FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
} satisfies sqs.QueueProps;
