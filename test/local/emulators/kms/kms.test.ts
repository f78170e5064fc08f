import {
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  KMSClient,
  ReEncryptCommand,
} from '@aws-sdk/client-kms';
import fc from 'fast-check';
import { CUSTOM_ID_TAG } from '../../../../local/emulators/kms/kms.ts';
import { EndpointUnderTest } from '../endpoint-under-test.ts';

let cloud: EndpointUnderTest;
let kms: KMSClient;

beforeAll(async () => {
  cloud = await EndpointUnderTest.start();
  kms = clientOf('us-east-1');
});

afterAll(async () => {
  kms.destroy();
  await cloud.stop();
});

function clientOf(region: string): KMSClient {
  return new KMSClient({
    endpoint: cloud.endpoint.url,
    region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
}

async function createKey(id?: string): Promise<string> {
  const { KeyMetadata } = await kms.send(
    new CreateKeyCommand({ ...(id && { Tags: [{ TagKey: CUSTOM_ID_TAG, TagValue: id }] }) }),
  );
  return KeyMetadata?.Arn ?? '';
}

const text = Buffer.from('a text');
const context = { order_id: '1', field: 'card' };

describe('a key', () => {
  it('has an id of its own, or the one that it is given', async () => {
    expect(await createKey()).toMatch(/^arn:aws:kms:us-east-1:000000000000:key\/[0-9a-f-]{36}$/);
    expect(await createKey('cards')).toBe('arn:aws:kms:us-east-1:000000000000:key/cards');
    await expect(createKey('cards')).rejects.toMatchObject({ name: 'AlreadyExistsException' });
  });

  it('is described, by id and by ARN', async () => {
    const Arn = await createKey();
    const id = Arn.split('/')[1];

    for (const KeyId of [Arn, id]) {
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
      expect(KeyMetadata).toMatchObject({
        Arn,
        KeyId: id,
        KeyState: 'Enabled',
        KeyUsage: 'ENCRYPT_DECRYPT',
        CreationDate: expect.any(Date),
      });
    }
  });

  it('is not there under the id of none, nor in another region', async () => {
    const Arn = await createKey('here');
    const elsewhere = clientOf('eu-west-1');

    await expect(kms.send(new DescribeKeyCommand({ KeyId: 'none' }))).rejects.toMatchObject({
      name: 'NotFoundException',
      message: "Key 'arn:aws:kms:us-east-1:000000000000:key/none' does not exist.",
    });
    await expect(elsewhere.send(new DescribeKeyCommand({ KeyId: 'here' }))).rejects.toMatchObject({
      name: 'NotFoundException',
    });
    elsewhere.destroy();
    await expect(kms.send(new DescribeKeyCommand({ KeyId: Arn }))).resolves.toBeDefined();
  });
});

describe('encryption', () => {
  it('gives back what it was given, in the same context whatever its order', async () => {
    const KeyId = await createKey();
    const { CiphertextBlob } = await kms.send(
      new EncryptCommand({ KeyId, Plaintext: text, EncryptionContext: context }),
    );
    const reversed = Object.fromEntries(Object.entries(context).reverse());

    const answer = await kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: reversed }));

    expect(answer).toMatchObject({ KeyId, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' });
    expect(Buffer.from(answer.Plaintext ?? []).toString()).toBe('a text');
    expect(Buffer.from(CiphertextBlob ?? []).includes('a text')).toBe(false);
  });

  it.each([
    ['another value', { ...context, order_id: '2' }],
    ['one pair less', { order_id: '1' }],
    ['one pair more', { ...context, more: '1' }],
    ['none', undefined],
  ])('does not open in a context of %s', async (_what, EncryptionContext) => {
    const KeyId = await createKey();
    const { CiphertextBlob } = await kms.send(
      new EncryptCommand({ KeyId, Plaintext: text, EncryptionContext: context }),
    );

    await expect(
      kms.send(new DecryptCommand({ CiphertextBlob, KeyId, EncryptionContext })),
    ).rejects.toMatchObject({ name: 'InvalidCiphertextException' });
  });

  it('opens under the key that the request names, or under none', async () => {
    const [KeyId, other] = [await createKey(), await createKey()];
    const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId, Plaintext: text }));

    await expect(kms.send(new DecryptCommand({ CiphertextBlob, KeyId: other }))).rejects.toMatchObject({
      name: 'IncorrectKeyException',
    });
    await expect(kms.send(new DecryptCommand({ CiphertextBlob, KeyId: 'none' }))).rejects.toMatchObject({
      name: 'NotFoundException',
    });
  });

  it('opens nothing that was altered or cut off', async () => {
    const KeyId = await createKey();
    const { CiphertextBlob = new Uint8Array() } = await kms.send(
      new EncryptCommand({ KeyId, Plaintext: text }),
    );
    const blob = Buffer.from(CiphertextBlob);

    await fc.assert(
      fc.asyncProperty(fc.nat(blob.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const altered = Buffer.from(blob);
        altered.writeUInt8((altered[at] as number) ^ flip, at);
        for (const bytes of [altered, blob.subarray(0, at)]) {
          await expect(kms.send(new DecryptCommand({ CiphertextBlob: bytes, KeyId }))).rejects.toMatchObject({
            name: expect.stringMatching(/^(InvalidCiphertext|Validation)Exception$/),
          });
        }
      }),
      { numRuns: 50 },
    );
  });

  it.each([0, 4_097])('takes no text of %i bytes', async bytes => {
    const KeyId = await createKey();

    await expect(
      kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.alloc(bytes) })),
    ).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('a data key', () => {
  it.each([
    [{ KeySpec: 'AES_256' }, 32],
    [{ KeySpec: 'AES_128' }, 16],
    [{ NumberOfBytes: 64 }, 64],
  ] as const)('of %j comes plain and encrypted', async (asked, bytes) => {
    const KeyId = await createKey();
    const { Plaintext, CiphertextBlob } = await kms.send(
      new GenerateDataKeyCommand({ KeyId, ...asked, EncryptionContext: context }),
    );

    expect(Plaintext).toHaveLength(bytes);
    const opened = await kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: context }));
    expect(opened.Plaintext).toEqual(Plaintext);
  });

  it.each([
    {},
    { KeySpec: 'AES_256', NumberOfBytes: 32 },
    { NumberOfBytes: 0 },
    { NumberOfBytes: 1_025 },
  ] as const)('cannot be %j', async asked => {
    const KeyId = await createKey();

    await expect(kms.send(new GenerateDataKeyCommand({ KeyId, ...asked }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});

it('refuses a key that is disabled, until it is enabled', async () => {
  const KeyId = await createKey();
  const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId, Plaintext: text }));

  await kms.send(new DisableKeyCommand({ KeyId }));
  for (const command of [
    new EncryptCommand({ KeyId, Plaintext: text }),
    new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }),
    new DecryptCommand({ CiphertextBlob }),
  ]) {
    await expect(kms.send(command as EncryptCommand)).rejects.toMatchObject({ name: 'DisabledException' });
  }

  await kms.send(new EnableKeyCommand({ KeyId }));
  await expect(kms.send(new DecryptCommand({ CiphertextBlob }))).resolves.toMatchObject({ KeyId });
});

it('says so of what it does not run', async () => {
  const KeyId = await createKey();

  await expect(
    kms.send(new ReEncryptCommand({ CiphertextBlob: text, DestinationKeyId: KeyId })),
  ).rejects.toMatchObject({
    name: 'UnknownOperationException',
    message: 'The local cloud does not run TrentService.ReEncrypt.',
  });
});
