import { type Line, linesOf } from '../../../cli/messages/message-lines.ts';

async function lines(...chunks: (string | Uint8Array)[]) {
  async function* stream() {
    for (const chunk of chunks) yield Buffer.from(chunk);
  }
  const found: Line[] = [];
  for await (const line of linesOf(stream())) found.push(line);
  return found;
}

describe('linesOf', () => {
  it('puts lines together over chunks, and counts those that are blank', async () => {
    expect(await lines('{"a"', ':1}\n\n', '{"b":2}\r\n', '{"c":3}')).toEqual([
      { text: '{"a":1}', number: 1 },
      { text: '{"b":2}\r', number: 3 },
      { text: '{"c":3}', number: 4 },
    ]);
  });

  it('puts a character together that is cut in two', async () => {
    const bytes = Buffer.from('é\n');

    expect(await lines(bytes.subarray(0, 1), bytes.subarray(1))).toEqual([{ text: 'é', number: 1 }]);
  });

  it('leaves out the mark of UTF-8 at the beginning of a file', async () => {
    expect(await lines('\uFEFF{"a":1}\n\uFEFF')).toMatchObject([{ text: '{"a":1}' }]);
  });

  it('takes only a line feed for the end of a line', async () => {
    expect(await lines('"a\u2028b\u2029c"\n')).toEqual([{ text: '"a\u2028b\u2029c"', number: 1 }]);
  });
});
