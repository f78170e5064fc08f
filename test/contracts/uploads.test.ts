import fc from 'fast-check';
import { resultKey } from '../../contracts/uploads.ts';

describe('resultKey', () => {
  it('puts the result of each version under its own key, outside of what is listened to', () => {
    expect(resultKey('incoming/reports/märz 1+1.pdf', 'v7')).toBe('results/reports/märz 1+1.pdf/v7.json');
  });

  it('is different for every version of every upload, and never longer than S3 takes', () => {
    const name = fc
      .string({ unit: 'grapheme', maxLength: 1_015 })
      .filter(text => Buffer.byteLength(text) <= 1_015);
    const version = fc.string({ unit: fc.constantFrom(...'abcXYZ019._-'), minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(name, name, version, version, (a, b, first, second) => {
        const key = resultKey(`incoming/${a}`, first);
        expect(Buffer.byteLength(key)).toBeLessThanOrEqual(1_024);
        expect(key.startsWith('results/')).toBe(true);
        expect(key === resultKey(`incoming/${b}`, second)).toBe(a === b && first === second);
      }),
    );
  });

  it('has the digest of a name that would make the key too long, and then still the version', () => {
    const key = resultKey(`incoming/${'ü'.repeat(500)}`, 'v'.repeat(32));

    expect(key).toMatch(/^results\/sha256-[0-9a-f]{64}\/v{32}\.json$/);
  });
});
