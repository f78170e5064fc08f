import { Anton } from '../../../worker/memes/anton.ts';

describe('Anton', () => {
  let anton: Anton;
  beforeAll(async () => {
    anton = await Anton.load();
  });

  it('has Latin letters, those of Central Europe and Vietnam included', () => {
    expect(anton.missing('THE QUICK BROWN FOX 0123456789 .,!?&%€"\'')).toEqual([]);
    expect(anton.missing('ÄÖÜẞÇÉÑ ŁÓDŹ ŐŰ ČŘŽ ĞİŞ VIỆT NAM ẤẾỔ')).toEqual([]);
  });

  it('names the characters that it lacks, each once', () => {
    expect(anton.missing('ДА, ДА 😀')).toEqual(['Д', 'А', '😀']);
  });

  it('measures text in proportion to its size', () => {
    expect(anton.width('SQS', 200)).toBeCloseTo(2 * anton.width('SQS', 100));
    expect(anton.width('WW', 100)).toBeGreaterThan(anton.width('II', 100));
    expect(anton.width('', 100)).toBe(0);
  });

  it('goes on where the file before stopped, when a text needs several', () => {
    const whole = anton.width('AŁB', 100);
    expect(whole).toBeCloseTo(anton.width('A', 100) + anton.width('Ł', 100) + anton.width('B', 100));
  });

  it('gives the outline of a text as a path that stands on its baseline', () => {
    const path = anton.outline('I', { x: 30, y: 100, size: 50 });
    expect(path).toMatch(/^M[\d.\s\-LQCZMHV]+$/);
    const points = [...path.matchAll(/[ML](-?[\d.]+)\s?(-?[\d.]+)/g)].map(([, x, y]) => [
      Number(x),
      Number(y),
    ]);
    expect(points.length).toBeGreaterThan(3);
    for (const [x = 0, y = 0] of points) {
      expect(x).toBeGreaterThanOrEqual(30);
      expect(x).toBeLessThan(30 + anton.width('I', 50));
      expect(y).toBeLessThanOrEqual(100);
      expect(y).toBeGreaterThan(100 - anton.ascent * 50);
    }
  });
});
