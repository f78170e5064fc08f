import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { DamagedUploadError, describe as describeObject } from '../../../lambda/file-uploads/describe.ts';
import type { OpenedObject } from '../../../lambda/file-uploads/uploaded-objects.ts';
import { sha256Of } from '../../support/versioned-bucket.ts';

// What is no longer held would count otherwise, for as long as there is memory enough.
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

async function* pieces(...content: readonly Uint8Array[]) {
  yield* content;
}

function opened(content: AsyncIterable<Uint8Array>, overrides: Partial<OpenedObject> = {}): OpenedObject {
  return {
    size: 0,
    declaredType: 'text/csv',
    uploadedAt: '2026-01-02T03:04:05.000Z',
    statedDigest: undefined,
    content,
    discard: () => undefined,
    ...overrides,
  };
}

describe('describe', () => {
  it('says size, digest, types and first bytes, however the content comes in pieces', async () => {
    const content = Buffer.from('a,b,c\n1,2,3\nand so on');

    const description = await describeObject(
      opened(pieces(content.subarray(0, 1), content.subarray(1, 7), Buffer.alloc(0), content.subarray(7))),
    );

    expect(description).toEqual({
      size: content.length,
      sha256: sha256Of(content),
      declared_type: 'text/csv',
      detected_type: 'text/plain',
      first_bytes: content.subarray(0, 16).toString('hex'),
      uploaded_at: '2026-01-02T03:04:05.000Z',
    });
  });

  it('describes nothing too', async () => {
    await expect(describeObject(opened(pieces()))).resolves.toMatchObject({
      size: 0,
      sha256: sha256Of(''),
      detected_type: 'application/octet-stream',
      first_bytes: '',
    });
  });

  it('does not hold an object of 512 MiB', async () => {
    const piece = Buffer.alloc(1024 * 1024, 7);
    async function* large() {
      for (let count = 0; count < 512; count++) yield Buffer.from(piece);
    }
    const inUse = () => {
      collectGarbage();
      return process.memoryUsage().arrayBuffers;
    };
    const before = inUse();
    let most = 0;
    async function* watched() {
      let count = 0;
      for await (const each of large()) {
        if (++count % 64 === 0) most = Math.max(most, inUse() - before);
        yield each;
      }
    }

    const description = await describeObject(opened(watched()));

    expect(description.size).toBe(512 * 1024 * 1024);
    // Far above the piece in hand, and far below the object.
    expect(most).toBeLessThan(128 * 1024 * 1024);
  });

  it('takes content that has the digest that was stated, in whatever case', async () => {
    const statedDigest = sha256Of('hello').toUpperCase();

    await expect(
      describeObject(opened(pieces(Buffer.from('hello')), { statedDigest })),
    ).resolves.toMatchObject({ size: 5 });
  });

  it('refuses content that has another digest than was stated, for good', async () => {
    await expect(
      describeObject(opened(pieces(Buffer.from('hellO')), { statedDigest: sha256Of('hello') })),
    ).rejects.toThrow(DamagedUploadError);
  });

  it('fails when the content stops coming', async () => {
    async function* broken() {
      yield Buffer.from('hel');
      throw new Error('connection lost');
    }

    await expect(describeObject(opened(broken()))).rejects.toThrow('connection lost');
  });
});
