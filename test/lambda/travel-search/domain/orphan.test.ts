import { isOrphan, silenceOf } from '../../../../lambda/travel-search/domain/orphan.ts';

const now = new Date('2027-01-01T12:00:00Z');
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1_000);
const limitMs = 1_800_000;

describe('a reply queue is an orphan', () => {
  it('when its owner has been silent for longer than it would', () => {
    expect(isOrphan({ createdAt: ago(86_400), aliveAt: ago(1_801) }, now, limitMs)).toBe(true);
  });

  it('when it is old and nobody ever gave a sign', () => {
    expect(isOrphan({ createdAt: ago(1_801), aliveAt: undefined }, now, limitMs)).toBe(true);
  });

  it('when its last sign is from a time to come', () => {
    expect(isOrphan({ createdAt: ago(86_400), aliveAt: ago(-3_600) }, now, limitMs)).toBe(true);
  });
});

describe('a reply queue has an owner', () => {
  it.each([
    ['old, and gave a sign lately', { createdAt: ago(86_400), aliveAt: ago(1_800) }],
    ['new, and gave none yet', { createdAt: ago(10), aliveAt: undefined }],
    ['new, although its sign is old', { createdAt: ago(10), aliveAt: ago(86_400) }],
    ['a little ahead of the clock', { createdAt: ago(86_400), aliveAt: ago(-60) }],
  ])('that is %s', (_, signs) => {
    expect(isOrphan(signs, now, limitMs)).toBe(false);
  });
});

it('is silent for as long as its last sign is ago', () => {
  expect(silenceOf({ createdAt: ago(500), aliveAt: ago(20) }, now)).toBe(20_000);
  expect(silenceOf({ createdAt: ago(-1), aliveAt: undefined }, now)).toBe(0);
});
