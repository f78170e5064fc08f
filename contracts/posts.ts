import * as v from 'valibot';
import { EventFamily, type EventOf, event } from './events.ts';
import { asSubject, shortened, type Wording } from './protocol-texts.ts';
import { asOneSms } from './sms.ts';
import { shortText, timestamp } from './text.ts';

/** Name that mails of the topic come from; an SMS begins with its first ten characters, which are all. */
export const topicDisplayName = 'Blog posts';

/** Goes into keys of tables, headers and tags of mails as it is. */
const postId = v.pipe(
  v.string(),
  v.regex(
    /^[A-Za-z0-9_-]{1,64}$/,
    'Invalid post id: expected 1 to 64 letters, digits, hyphens or underscores',
  ),
);

/** Longest content of a post: with its JSON around it, it passes API Gateway, Lambda and the claim check. */
export const maxContentBytes = 2 * 1_048_576;

/** Text of several lines. */
const content = v.pipe(
  v.string(),
  v.maxBytes(maxContentBytes, `Invalid content: expected ${maxContentBytes} bytes at most`),
  v.check(
    text => !/[^\P{Cc}\t\n\r]|[\p{Cs}\ufffe\uffff]/u.test(text),
    'Invalid content: expected text without control characters',
  ),
);

const post = {
  post_id: postId,
  title: shortText,
  author: shortText,
  content: v.optional(content),
};

/** What a client posts to publish a blog post. */
export const publishPostRequest = v.object(post);

export type PublishPostRequest = v.InferOutput<typeof publishPostRequest>;

const posts = { post_published: event('post_published', { ...post, published_at: timestamp }) };

export type PostPublished = EventOf<typeof posts>;

const excerptLength = 280;

/** The beginning of a post, in one line. */
export function excerptOf({ content: text = '' }: Pick<PostPublished, 'content'>): string {
  // Whatever the white space: more than enough for an excerpt, and little of what may be megabytes.
  const beginning = text
    .slice(0, 10 * excerptLength)
    .replace(/\s+/gu, ' ')
    .trim();
  return shortened(beginning, excerptLength);
}

/** A post for programs that need not read all of it. */
function notice(post: PostPublished): string {
  const { event_type, post_id, title, author, published_at, correlation_id } = post;
  return JSON.stringify({
    event_type,
    post_id,
    title,
    author,
    excerpt: excerptOf(post),
    published_at,
    correlation_id,
  });
}

function mailText(post: PostPublished): string {
  return [post.title, `by ${post.author}`, '', excerptOf(post)].join('\n').trimEnd();
}

/** What each protocol's subscribers of the topic get; queues get the event, content and all. */
const postWording: Wording<PostPublished> = {
  subject: ({ title }) => asSubject(title),
  texts: {
    default: ({ title, author }) => `New post: ${title}, by ${author}`,
    email: mailText,
    https: notice,
    lambda: notice,
    sms: ({ title, author }) => asOneSms(`${title}, by ${author}`, topicDisplayName),
  },
};

/** The events of a post's life, on the topic NewPost. */
export const postEvents = new EventFamily(posts, { wording: postWording });

export type PostEvents = typeof postEvents.schemas;

/** What every consumer of the topic subscribes to: the filter policy in the stack and the parser in the handler. */
export const publishedPosts = postEvents.select('post_published');

/** A reader's address. What is wrong with one never repeats it: it would stand in a log. */
export const readerAddress = v.pipe(
  v.string('Invalid address'),
  v.email('Invalid address'),
  v.maxLength(254, 'Invalid address'),
);

/** Has a mail written to one reader about one post. */
export const mails = new EventFamily({
  mail_due: event('mail_due', {
    post_id: postId,
    title: shortText,
    author: shortText,
    excerpt: v.pipe(v.string(), v.maxLength(excerptLength)),
    reader: readerAddress,
  }),
});

export type MailDue = EventOf<typeof mails.schemas>;

/** What the consumer of mails takes from its queue. */
export const dueMails = mails.select('mail_due');
