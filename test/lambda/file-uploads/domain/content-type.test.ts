import { detectType, headLength } from '../../../../lambda/file-uploads/domain/content-type.ts';

const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map(part => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));

describe('detectType', () => {
  it.each([
    ['image/png', bytes([0x89], 'PNG\r\n', [0x1a, 0x0a, 0, 0])],
    ['image/jpeg', bytes([0xff, 0xd8, 0xff, 0xe0])],
    ['image/gif', bytes('GIF89a')],
    ['image/webp', bytes('RIFF', [1, 2, 3, 4], 'WEBPVP8 ')],
    ['application/pdf', bytes('%PDF-1.7')],
    ['application/zip', bytes('PK', [3, 4])],
    ['application/gzip', bytes([0x1f, 0x8b, 8])],
    ['video/mp4', bytes([0, 0, 0, 0x18], 'ftypmp42')],
    ['text/plain', bytes('a,b\r\n1,2\tü\n')],
    ['application/octet-stream', bytes([0, 1, 2])],
    ['application/octet-stream', bytes('text, but for a', [0])],
    ['application/octet-stream', bytes([0xc3, 0x28])],
  ])('knows %s', (type, head) => {
    expect(detectType(head)).toBe(type);
  });

  it('does not take a format by the half of its first bytes', () => {
    expect(detectType(bytes('%PD'))).toBe('text/plain');
  });

  it('calls nothing at all just bytes', () => {
    expect(detectType(new Uint8Array())).toBe('application/octet-stream');
  });

  it('takes text that is cut off within a character for text, and text that ends so for bytes', () => {
    const text = Buffer.from('ü'.repeat(headLength));

    expect(detectType(bytes('a').subarray(0, 1))).toBe('text/plain');
    expect(detectType(Buffer.concat([Buffer.from('a'), text]).subarray(0, headLength))).toBe('text/plain');
    expect(detectType(text.subarray(0, 3))).toBe('application/octet-stream');
  });
});
