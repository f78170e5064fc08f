import fc from 'fast-check';
import { EventFamily, event } from '../../contracts/events.ts';
import { asSubject, shortened } from '../../contracts/protocol-texts.ts';
import { asOneSms, isOneSms } from '../../contracts/sms.ts';

describe('a family with a wording', () => {
  const tea = { event_type: 'tea_ready' as const, correlation_id: 'kitchen-1' };
  const schemas = { tea_ready: event('tea_ready', {}) };
  const worded = new EventFamily(schemas, {
    wording: { subject: () => 'Tea', texts: { default: () => 'Tea is ready', sms: () => 'Tea!' } },
  });

  it('has a text for each protocol that it has words for, and the event beside them', () => {
    expect(worded.encode(tea)).toEqual({
      body: JSON.stringify(tea),
      attributes: { eventType: 'tea_ready' },
      subject: 'Tea',
      texts: { default: 'Tea is ready', sms: 'Tea!' },
    });
  });

  it('has none without', () => {
    expect(new EventFamily(schemas).encode(tea)).toEqual({
      body: JSON.stringify(tea),
      attributes: { eventType: 'tea_ready' },
    });
  });
});

describe('shortened', () => {
  it('leaves a text alone that is as long as it may be', () => {
    expect(shortened('abcde', 5)).toBe('abcde');
  });

  it('ends with dots what is longer', () => {
    expect(shortened('abcdef', 5)).toBe('ab...');
  });

  it('is no longer than allowed, and never half a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 3, max: 40 }), (text, length) => {
        const short = shortened(text, length);
        expect(short.length).toBeLessThanOrEqual(length);
        expect(short.isWellFormed()).toBe(true);
      }),
    );
  });

  it('is a subject with less than 100 characters', () => {
    expect(asSubject('x'.repeat(99))).toHaveLength(99);
    expect(asSubject('x'.repeat(100))).toBe(`${'x'.repeat(96)}...`);
  });
});

describe('asOneSms', () => {
  it.each([
    ['160 characters of the GSM alphabet', 'x'.repeat(160), true],
    ['161 of them', 'x'.repeat(161), false],
    ['80 that take two places', '€'.repeat(80), true],
    ['81 of those', '€'.repeat(81), false],
    ['70 characters with one of another alphabet', `ж${'x'.repeat(69)}`, true],
    ['71 of them', `ж${'x'.repeat(70)}`, false],
    ['35 pictures of two places each', '🫖'.repeat(35), true],
    ['36 of those', '🫖'.repeat(36), false],
  ])('knows that %s are one SMS: %#', (_, text, is) => {
    expect(isOneSms(text)).toBe(is);
  });

  it('leaves room for the name of the topic, of which ten characters are shown', () => {
    const room = 160 - 'Blog posts> '.length;
    expect(asOneSms('x'.repeat(room), 'Blog posts of ours')).toHaveLength(room);
    expect(asOneSms('x'.repeat(room + 1), 'Blog posts of ours')).toBe(`${'x'.repeat(room - 3)}...`);
  });

  it('is one SMS with the name before it, whatever the text, and the same where that fits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), text => {
        const sms = asOneSms(text, 'Blog posts');
        expect(isOneSms(`Blog posts> ${sms}`)).toBe(true);
        const line = text.replace(/\s+/gu, ' ').trim();
        if (isOneSms(`Blog posts> ${line}`)) expect(sms).toBe(line);
      }),
    );
  });
});
