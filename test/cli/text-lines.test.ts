import fc from 'fast-check';
import { textLines } from '../../cli/text-lines.ts';

async function linesOf(pieces: readonly Uint8Array[]): Promise<string[]> {
  async function* all() {
    yield* pieces;
  }
  const lines: string[] = [];
  for await (const line of textLines(all())) lines.push(line);
  return lines;
}

describe('lines of a text', () => {
  it('are the same however it is cut', async () => {
    const line = fc.string({ unit: 'grapheme' }).map(text => text.replaceAll('\n', ' '));
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.integer({ min: 1, max: 7 }), async (lines, size) => {
        const bytes = Buffer.from(lines.map(text => `${text}\n`).join(''));
        const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
          bytes.subarray(index * size, (index + 1) * size),
        );
        expect(await linesOf(pieces)).toEqual(lines);
      }),
    );
  });

  it('include the last, which has no end', async () => {
    expect(await linesOf([Buffer.from('a\nb')])).toEqual(['a', 'b']);
    expect(await linesOf([])).toEqual([]);
  });
});
