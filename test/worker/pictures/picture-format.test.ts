import { pictureFormat } from '../../../worker/pictures/picture-format.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('pictureFormat', () => {
  it.each([
    ['jpeg', '\xff\xd8\xff\xe0\x00\x10JFIF'],
    ['png', '\x89PNG\r\n\x1a\n\0\0\0\rIHDR'],
    ['gif', 'GIF89a\x01\x00'],
    ['gif', 'GIF87a\x01\x00'],
    ['webp', 'RIFF\x24\0\0\0WEBPVP8 '],
  ])('knows %s by its first bytes', (format, beginning) => {
    expect(pictureFormat(bytes(beginning))).toBe(format);
  });

  it.each(['', 'RIFF\x24\0\0\0AVI LIST', '    \0\0\0\0WEBP', '<svg xmlns="', 'BM\0\0', '%PDF-1.7', 'II*\0'])(
    'does not know %j',
    beginning => {
      expect(pictureFormat(bytes(beginning))).toBeUndefined();
    },
  );
});
