import { videoFormat } from '../../../worker/videos/video-format.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('videoFormat', () => {
  it.each([
    ['mp4', '\0\0\0\x18ftypmp42'],
    ['mp4', '\0\0\0\x14ftypqt  '],
    ['mp4', '\0\0\0\x08wide\0\0\0\0'],
    ['gif', 'GIF89a\x10\0\x10\0\0\0'],
    ['webp', 'RIFF\0\0\0\0WEBP'],
  ])('knows %s by its first bytes', (format, beginning) => {
    expect(videoFormat(bytes(beginning))).toBe(format);
  });

  it.each(['', '\0\0\0\x18ftyp', '\xff\xd8\xff\xe0\0\x10JFIF\0\0', '\x1aE\xdf\xa3matroska', 'hello, world'])(
    'does not take %j for a video',
    beginning => {
      expect(videoFormat(bytes(beginning))).toBeUndefined();
    },
  );
});
