import * as v from 'valibot';
import { maxTopicMessageBytes } from '../../contracts/message-sizes.ts';
import {
  dueMails,
  excerptOf,
  maxContentBytes,
  type PostPublished,
  postEvents,
  publishedPosts,
  publishPostRequest,
} from '../../contracts/posts.ts';
import { isOneSms } from '../../contracts/sms.ts';
import { postPublished } from '../support/posts.ts';

describe('publishPostRequest', () => {
  it('takes a post without content, and one with', () => {
    const post = { post_id: '67890', title: 'New Blog Post!', author: 'Jane Smith' };

    expect(v.parse(publishPostRequest, post)).toEqual(post);
    expect(v.parse(publishPostRequest, { ...post, content: 'One\n\ttwo\r\n' })).toMatchObject({
      content: 'One\n\ttwo\r\n',
    });
    expect(v.is(publishPostRequest, { ...post, title: 'Hello 👋', content: '👋' })).toBe(true);
  });

  it('takes a content of 2 MiB, by its bytes', () => {
    const post = { post_id: '1', title: 'Long', author: 'Jane' };

    expect(v.is(publishPostRequest, { ...post, content: 'é'.repeat(maxContentBytes / 2) })).toBe(true);
    expect(v.is(publishPostRequest, { ...post, content: `${'é'.repeat(maxContentBytes / 2)}x` })).toBe(false);
  });

  it.each([
    ['post_id', 'no spaces'],
    ['post_id', 'x'.repeat(65)],
    ['title', ''],
    ['title', 'two\nlines'],
    ['author', '   '],
    ['content', 'bell\u0007'],
    ['content', 'no character: \uffff'],
    ['content', 'half of one: \ud83d'],
    ['title', 'half of one: \udc4b'],
  ])('refuses %s %j', (field, value) => {
    const post = { post_id: '1', title: 'Short', author: 'Jane', [field]: value };

    const { issues } = v.safeParse(publishPostRequest, post);

    expect(issues?.map(issue => v.getDotPath(issue))).toEqual([field]);
  });
});

describe('what subscribers get of a post', () => {
  const post = postPublished({ content: 'It is about\n\nqueues.' });
  const { body, texts, subject } = postEvents.encode(post);

  it('is the event itself in a queue', () => {
    expect(v.parse(publishedPosts.schema, JSON.parse(body))).toEqual(post);
  });

  it('is text in a mail', () => {
    expect(subject).toBe('New Blog Post!');
    expect(texts?.email).toBe('New Blog Post!\nby Jane Smith\n\nIt is about queues.');
  });

  it('is a line in an SMS, and for whoever has no text of his own', () => {
    expect(texts?.sms).toBe('New Blog Post!, by Jane Smith');
    expect(texts?.default).toBe('New post: New Blog Post!, by Jane Smith');
  });

  it.each(['https', 'lambda'] as const)('is JSON without the content by %s', protocol => {
    const { content: _, ...rest } = post;
    expect(JSON.parse(texts?.[protocol] ?? '')).toEqual({ ...rest, excerpt: 'It is about queues.' });
  });

  it('takes little of what SNS takes in one message, and is one SMS, however long the post is', () => {
    const longest = postPublished({
      title: '€'.repeat(200),
      author: '€'.repeat(200),
      content: '€'.repeat(maxContentBytes / 3),
    });
    const encoded = postEvents.encode(longest);

    expect(Buffer.byteLength(JSON.stringify(encoded.texts))).toBeLessThan(maxTopicMessageBytes / 20);
    expect(isOneSms(`Blog posts> ${encoded.texts?.sms}`)).toBe(true);
    expect(encoded.subject?.length).toBeLessThan(100);
  });
});

it('an excerpt is the beginning of the content, in one line of at most 280 characters', () => {
  expect(excerptOf({})).toBe('');
  expect(excerptOf({ content: '  One\n\n two  ' })).toBe('One two');
  expect(excerptOf({ content: 'x '.repeat(1_000) })).toHaveLength(280);
});

it('a mail that is due never repeats an address that is none', () => {
  const due = { event_type: 'mail_due', correlation_id: '1', post_id: '1', title: 'T', author: 'A' };

  const { issues = [] } = v.safeParse(dueMails.schema, { ...due, excerpt: '', reader: 'secret-address' });

  expect(issues.map(issue => v.getDotPath(issue))).toEqual(['reader']);
  expect(JSON.stringify(issues.map(({ message }) => message))).not.toContain('secret-address');
});

it('keeps fields that it does not know', () => {
  const newer = { ...postPublished(), language: 'en' } as PostPublished;

  expect(v.parse(publishedPosts.schema, newer)).toEqual(newer);
});
