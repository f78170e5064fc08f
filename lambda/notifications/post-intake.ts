import type { Logger } from '@aws-lambda-powertools/logger';
import { maxPostBodyBytes } from '../../contracts/notifications.ts';
import { type PostPublished, publishPostRequest } from '../../contracts/posts.ts';
import { type HttpHandler, httpHandler } from '../shared/http-handler.ts';
import type { IdempotentRequests } from '../shared/idempotent-requests.ts';
import { keyedRefusalOf, readKeyedRequest } from '../shared/keyed-request.ts';

export interface PostIntakePorts {
  readonly topic: { publish(event: PostPublished): Promise<void> };
  /** Remembers requests by the post's id. */
  readonly posts: Pick<IdempotentRequests, 'answer'>;
  /** Remembers requests by the key that a client gave to one. */
  readonly requests: Pick<IdempotentRequests, 'answer'>;
  readonly logger: Pick<Logger, 'addContext' | 'info' | 'warn' | 'error'>;
}

/** What is remembered of a request that was accepted. */
type Acceptance = {
  readonly post_id: string;
  /** The HTTP request that the post was published for. */
  readonly request_id: string;
};

/**
 * Takes a blog post over HTTP: 202 means that it was published.
 *
 * A post id names one post: the same post again is accepted again and published once, another post under the
 * same id is refused. So is the same `Idempotency-Key` with another post.
 */
export function postIntake({ topic, posts, requests, logger }: PostIntakePorts): HttpHandler {
  return httpHandler({
    logger,
    about: { event_type: 'post_published' },
    says: { done: 'Post taken', refused: 'Post refused' },
    refusalOf: thrown => keyedRefusalOf(thrown, { noun: 'post', undone: 'The post was not published' }),
    async answer({ event, context, correlationId, note }) {
      const { content: post, key } = readKeyedRequest(event, {
        schema: publishPostRequest,
        maxBytes: maxPostBodyBytes,
        code: 'invalid_post',
        message: 'The post cannot be taken as it is. Mend the faults.',
      });
      note({ post_id: post.post_id });
      const publishOnce = () =>
        posts.answer(post.post_id, { ...post }, context, async () => {
          await topic.publish({
            event_type: 'post_published',
            correlation_id: correlationId,
            published_at: new Date().toISOString(),
            ...post,
          });
          return { post_id: post.post_id, request_id: context.awsRequestId };
        });
      const { post_id, request_id }: Acceptance =
        key === undefined
          ? await publishOnce()
          : await requests.answer(key, { ...post }, context, publishOnce);
      const outcome = request_id === context.awsRequestId ? 'accepted' : 'accepted_before';
      return { status: 202, content: { post_id }, outcome };
    },
  });
}
