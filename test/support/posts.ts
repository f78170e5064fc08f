import type { PostPublished } from '../../contracts/posts.ts';

/** A post as it is published. */
export function postPublished(overrides: Partial<PostPublished> = {}): PostPublished {
  return {
    event_type: 'post_published',
    correlation_id: 'request-1',
    post_id: '67890',
    title: 'New Blog Post!',
    author: 'Jane Smith',
    published_at: '2026-11-26T09:00:00.000Z',
    ...overrides,
  };
}
