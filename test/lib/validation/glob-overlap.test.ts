import fc from 'fast-check';
import { mayOverlap } from '../../../lib/validation/glob-overlap.ts';

describe('mayOverlap', () => {
  it.each([
    ['s3:putobject', 's3:putobject', true],
    ['s3:putobject', 's3:putobjectacl', false],
    ['s3:*', 's3:putobject', true],
    ['s3:put?bject', 's3:putobject', true],
    ['*', '', true],
    ['?', '', false],
    ['incoming/*', 'incoming/*.png', true],
    ['results/*', 'incoming/*.png', false],
    ['*.json', 'incoming/*.png', false],
    ['*.json', 'incoming/*', true],
    ['in*', 'incoming/*', true],
    ['incoming/a*', 'incoming/*b', true],
    ['a*b', 'a*c', false],
    ['a**c', 'abc', true],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(mayOverlap(a, b)).toBe(expected);
    expect(mayOverlap(b, a)).toBe(expected);
  });

  it('says yes of every text and a pattern that fits it', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 8 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '?'), maxLength: 8 });
    fc.assert(
      fc.property(letters, pattern, (text, glob) => {
        const fits = new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(text);
        expect(mayOverlap(text, glob)).toBe(fits);
      }),
    );
  });

  it('says yes of two patterns that one text fits', () => {
    const unit = fc.constantFrom('a', 'b', '*', '?');
    const pattern = fc.string({ unit, maxLength: 5 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 6 });
    fc.assert(
      fc.property(pattern, pattern, text, (a, b, common) => {
        fc.pre(mayOverlap(a, common) && mayOverlap(b, common));
        expect(mayOverlap(a, b)).toBe(true);
      }),
    );
  });

  it('is quick with many stars', () => {
    const stars = 'a*'.repeat(60);

    expect(mayOverlap(`${stars}b`, `${stars}c`)).toBe(false);
  });
});
