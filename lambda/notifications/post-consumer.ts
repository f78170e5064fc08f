import { type PostPublished, publishedPosts } from '../../contracts/posts.ts';
import { ClaimCheck } from '../shared/claim-check.ts';
import type { SqsHandler } from '../shared/message-consumer.ts';
import { type QueueConsumerOptions, queueConsumer } from '../shared/queue-consumer.ts';
import { s3Client } from '../shared/s3-client.ts';

/**
 * Makes a Lambda handler of a function that handles one published post, whose content may wait in a bucket.
 *
 * @param payloadBucket where the bodies are of posts that were too large for the topic.
 */
export function postConsumer(
  payloadBucket: string,
  handle: QueueConsumerOptions<PostPublished>['handle'],
): SqsHandler {
  return queueConsumer({
    selection: publishedPosts,
    subjectField: 'post_id',
    handle,
    claimCheck: new ClaimCheck({ s3: s3Client(), bucket: payloadBucket }),
  });
}
