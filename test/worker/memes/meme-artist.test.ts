import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { ImpossibleJobError } from '../../../worker/failures.ts';
import { maxPixels, SharpMemeArtist } from '../../../worker/memes/meme-artist.ts';

const texts = { top: 'One does not simply', bottom: 'delete a message before the job is done' };
const blue = { r: 40, g: 90, b: 200 };

function plain(width: number, height: number) {
  return sharp({ create: { width, height, channels: 3, background: blue } });
}

/** The share of white pixels in a strip of a meme. */
async function whiteness(png: Uint8Array, { top, height }: { top: number; height: number }): Promise<number> {
  const { width = 0 } = await sharp(png).metadata();
  const { data, info } = await sharp(png)
    .extract({ left: 0, top, width, height })
    .raw()
    .toBuffer({ resolveWithObject: true });
  let white = 0;
  for (let at = 0; at < data.length; at += info.channels) {
    if ((data[at] ?? 0) > 240 && (data[at + 1] ?? 0) > 240 && (data[at + 2] ?? 0) > 240) white += 1;
  }
  return white / (info.width * info.height);
}

describe('SharpMemeArtist', () => {
  let artist: SharpMemeArtist;
  beforeAll(async () => {
    artist = await SharpMemeArtist.load();
  });

  it('draws the texts into the top and the bottom of the picture, and nothing into its middle', async () => {
    const { png, width, height } = await artist.draw(await plain(800, 600).jpeg().toBuffer(), texts);
    expect(await sharp(png).metadata()).toMatchObject({ format: 'png', width: 1_200, height: 900 });
    expect({ width, height }).toEqual({ width: 1_200, height: 900 });
    expect(await whiteness(png, { top: 0, height: 250 })).toBeGreaterThan(0.1);
    expect(await whiteness(png, { top: 650, height: 250 })).toBeGreaterThan(0.1);
    expect(await whiteness(png, { top: 350, height: 150 })).toBe(0);
  });

  it('leaves the place of an empty text alone', async () => {
    const picture = await plain(800, 600).jpeg().toBuffer();
    const { png } = await artist.draw(picture, { top: '', bottom: 'Only below' });
    expect(await whiteness(png, { top: 0, height: 400 })).toBe(0);
    expect(await whiteness(png, { top: 700, height: 200 })).toBeGreaterThan(0.05);
  });

  it('draws the same picture at every call', async () => {
    const picture = await plain(300, 300).png().toBuffer();
    const digests = await Promise.all(
      [1, 2].map(async () => {
        const { png } = await artist.draw(picture, texts);
        return createHash('sha256').update(png).digest('hex');
      }),
    );
    expect(digests[0]).toBe(digests[1]);
  });

  it.each(['jpeg', 'png', 'webp', 'gif'] as const)('takes %s', async format => {
    const { width } = await artist.draw(await plain(400, 300).toFormat(format).toBuffer(), texts);
    expect(width).toBe(1_200);
  });

  it('takes grey, transparent and 16-bit pictures', async () => {
    const pictures = [
      await plain(400, 300).greyscale().jpeg().toBuffer(),
      await sharp({ create: { width: 400, height: 300, channels: 4, background: '#0000' } })
        .png()
        .toBuffer(),
      await plain(400, 300).toColourspace('rgb16').png().toBuffer(),
    ];
    for (const picture of pictures) {
      const { png } = await artist.draw(picture, texts);
      expect(await sharp(png).metadata()).toMatchObject({ channels: 3, depth: 'uchar' });
    }
  });

  it('turns a picture upright, and leaves out what the camera noted', async () => {
    const picture = await plain(400, 200)
      .withExif({ IFD0: { Copyright: 'Jane' } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    const { png, width, height } = await artist.draw(picture, texts);
    expect([width, height]).toEqual([600, 1_200]);
    const { exif, orientation } = await sharp(png).metadata();
    expect({ exif, orientation }).toEqual({ exif: undefined, orientation: undefined });
  });

  it.each([
    ['no picture', Buffer.from('hello, world'), /no picture that is taken: JPEG, PNG, WebP and GIF are/],
    ['nothing', new Uint8Array(), /no picture that is taken/],
    // It can name files of the machine, and nobody needs memes of it.
    [
      'a drawing',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      /no picture/,
    ],
  ])('refuses %s', async (_, picture, message) => {
    await expect(artist.draw(picture, texts)).rejects.toThrow(ImpossibleJobError);
    await expect(artist.draw(picture, texts)).rejects.toThrow(message);
  });

  it('refuses a picture that breaks off', async () => {
    const picture = await sharp({
      create: {
        width: 400,
        height: 300,
        channels: 3,
        background: blue,
        noise: { type: 'gaussian', mean: 128, sigma: 40 },
      },
    })
      .jpeg()
      .toBuffer();
    await expect(artist.draw(picture.subarray(0, picture.length / 2), texts)).rejects.toThrow(
      /^The picture cannot be read: .*premature end/,
    );
  });

  it('refuses a huge picture by its header, before it takes memory', async () => {
    // A header that promises more than is there: decoding it would fail otherwise.
    const picture = await plain(16, 16).png().toBuffer();
    const side = Math.ceil(Math.sqrt(maxPixels)) + 1;
    const bomb = withPngSize(picture, side, side);
    const before = process.memoryUsage().rss;
    await expect(artist.draw(bomb, texts)).rejects.toThrow(/cannot be read: .*pixel limit/);
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
  });

  it('refuses a picture on which no text could be read', async () => {
    await expect(artist.draw(await plain(2_000, 100).jpeg().toBuffer(), texts)).rejects.toThrow(
      /too narrow: at 1200 by 60 pixels/,
    );
  });

  it('refuses letters that it has not, and names them', async () => {
    const picture = await plain(400, 300).jpeg().toBuffer();
    await expect(artist.draw(picture, { top: 'Да', bottom: '' })).rejects.toThrow(
      /cannot be drawn: Д А\. Latin/,
    );
  });

  it('takes the longest texts on any picture that it takes', async () => {
    const long = { top: 'W'.repeat(200), bottom: 'WWWW '.repeat(40).trim() };
    for (const [width, height] of [
      [1_200, 150],
      [150, 1_200],
      [500, 500],
    ] as const) {
      const picture = await plain(width, height).jpeg().toBuffer();
      await expect(artist.draw(picture, long)).resolves.toMatchObject({ png: expect.anything() });
    }
  });
});

/** A PNG whose header states another size, with the checksum that belongs to it. */
function withPngSize(png: Buffer, width: number, height: number): Buffer {
  const changed = Buffer.from(png);
  changed.writeUInt32BE(width, 16);
  changed.writeUInt32BE(height, 20);
  changed.writeUInt32BE(crc32(changed.subarray(12, 29)), 29);
  return changed;
}
