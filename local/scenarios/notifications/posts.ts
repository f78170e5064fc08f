/** A post as a client writes it. */
export interface PostedPost {
  readonly post_id: string;
  readonly title: string;
  readonly author: string;
  readonly content?: string;
}

export const newPost: PostedPost = {
  post_id: '67890',
  title: 'New Blog Post!',
  author: 'Jane Smith',
  content: 'It is about queues and topics, and what becomes of messages in between.',
};

/** Larger than SNS and SQS take, and than an item of DynamoDB holds. */
export const longPost: PostedPost = {
  post_id: 'long-read',
  title: 'All of it',
  author: 'Jane Smith',
  content: 'Once upon a time, there was a queue. '.repeat(30_000),
};

export function shortPost(post_id: string): PostedPost {
  return { post_id, title: `About ${post_id}`, author: 'John Doe' };
}
