import * as v from 'valibot';
import { mailEvent } from '../../contracts/mail-events.ts';
import { socialAccount } from '../../contracts/notifications.ts';

describe('socialAccount', () => {
  it.each(['https://social.example.com/posts', 'http://127.0.0.1:4000/posts'])('is at %s', url => {
    expect(v.is(socialAccount, { url, token: 'a-token' })).toBe(true);
  });

  it.each([
    { url: 'http://social.example.com/posts', token: 'a-token' },
    { url: 'http://127.0.0.1.example.com/', token: 'a-token' },
    { url: 'https://', token: 'a-token' },
    { url: 'https://social.example.com/', token: '' },
    { url: 'https://social.example.com/', token: 'two\nlines' },
    { url: 'https://social.example.com/' },
    'a random text',
  ])('is none: %j', content => {
    expect(v.is(socialAccount, content)).toBe(false);
  });
});

it('an event of a mail that arrived is none that somebody here reads', () => {
  expect(v.is(mailEvent, { eventType: 'Delivery', mail: { messageId: '1' }, delivery: {} })).toBe(false);
});
