import fc from 'fast-check';
import {
  encodeFrame,
  StompDecoder,
  type StompFrame,
  StompProtocolError,
} from '../../contracts/stomp-frames.ts';

function decoded(...pieces: (string | Buffer)[]): StompFrame[] {
  const decoder = new StompDecoder();
  return pieces.flatMap(piece => decoder.push(Buffer.from(piece)));
}

describe('a frame on its way', () => {
  it('has command, headers and the length of its body, and ends in NUL', () => {
    const frame = encodeFrame({ command: 'SEND', headers: { destination: '/queue/a' }, body: 'é' });
    expect(frame.toString()).toBe('SEND\ndestination:/queue/a\ncontent-length:2\n\né\0');
  });

  it('escapes what would end a header', () => {
    const frame = encodeFrame({ command: 'SEND', headers: { 'a:b': 'c\\n\nd\re:' }, body: '' });
    expect(frame.toString()).toBe('SEND\na\\cb:c\\\\n\\nd\\re\\c\n\n\0');
  });

  it('sends name and password as they are, since the broker takes them so', () => {
    const frame = encodeFrame({ command: 'CONNECT', headers: { passcode: 'a:b\\c' }, body: '' });
    expect(frame.toString()).toBe('CONNECT\npasscode:a:b\\c\n\n\0');
  });

  it.each(['valueOf', '__proto__', 'constructor'])('keeps a header that is called %s', name => {
    const [frame] = decoded(encodeFrame({ command: 'MESSAGE', headers: { [name]: 'kept' }, body: '' }));
    expect(Object.entries(frame?.headers ?? {})).toEqual([[name, 'kept']]);
  });

  it('is the same when it arrives, whatever is in it and however it is cut into pieces', () => {
    const text = fc.string({ unit: 'binary' });
    const name = fc.string({ unit: 'binary', minLength: 1 }).filter(each => each !== 'content-length');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.dictionary(name, text, { noNullPrototype: true }), text), { maxLength: 4 }),
        fc.array(fc.nat(), { maxLength: 6 }),
        (contents, cuts) => {
          const frames = contents.map(([headers, body]) => ({ command: 'MESSAGE', headers, body }));
          const bytes = Buffer.concat(frames.map(encodeFrame));
          const ends = [...cuts.map(cut => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
          const pieces = ends.map((to, index) => bytes.subarray(ends[index - 1] ?? 0, to));
          const arrived = decoded(...pieces).map(({ command, headers, body }) => {
            const { 'content-length': _, ...rest } = headers;
            return { command, headers: rest, body };
          });
          expect(arrived).toEqual(
            // A text may hold halves of a character, which no UTF-8 has.
            JSON.parse(
              JSON.stringify(frames, (_, value) => (typeof value === 'string' ? whole(value) : value)),
            ),
          );
        },
      ),
    );
  });
});

/** A text as UTF-8 can have it. */
function whole(text: string): string {
  return Buffer.from(text).toString();
}

describe('taking frames out of what arrives', () => {
  it('passes over heartbeats', () => {
    expect(decoded('\n\n\r\nRECEIPT\nreceipt-id:1\n\n\0\n\n')).toEqual([
      { command: 'RECEIPT', headers: { 'receipt-id': '1' }, body: '' },
    ]);
  });

  it('takes lines that end as on Windows', () => {
    expect(decoded('RECEIPT\r\nreceipt-id:1\r\n\r\nbody\0')).toEqual([
      { command: 'RECEIPT', headers: { 'receipt-id': '1' }, body: 'body' },
    ]);
  });

  it('waits for the rest of a body that has its length, NUL among it', () => {
    const decoder = new StompDecoder();
    expect(decoder.push(Buffer.from('MESSAGE\ncontent-length:3\n\na\0'))).toEqual([]);
    expect(decoder.push(Buffer.from('b\0'))).toEqual([
      { command: 'MESSAGE', headers: { 'content-length': '3' }, body: 'a\0b' },
    ]);
  });

  it('takes the first of several headers with one name', () => {
    expect(decoded('MESSAGE\na:1\na:2\n\n\0')[0]?.headers).toEqual({ a: '1' });
  });

  it.each([
    ['an escape that there is none of', 'MESSAGE\na:\\t\n\n\0'],
    ['a backslash at the end', 'MESSAGE\na:b\\\n\n\0'],
    ['a header without a name', 'MESSAGE\nnothing\n\n\0'],
    ['a length that is none', 'MESSAGE\ncontent-length:many\n\n\0'],
    ['a body that is longer than its length', 'MESSAGE\ncontent-length:1\n\nab\0'],
  ])('refuses %s', (_, text) => {
    expect(() => decoded(text)).toThrow(StompProtocolError);
  });
});
