import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { buildEncrypt } from '@aws-crypto/encrypt-node';
import { KmsKeyringNode } from '@aws-crypto/kms-keyring-node';
import { AlgorithmSuiteIdentifier, CommitmentPolicy } from '@aws-crypto/material-management-node';
import { DisableKeyCommand, EnableKeyCommand, KMS, type KMSClient } from '@aws-sdk/client-kms';
import fc from 'fast-check';
import { cardToken } from '../../../contracts/orders.ts';
import { type EncryptedField, SecretField, SecretText } from '../../../contracts/secret-fields.ts';
import { DependencyDownError, failureKind } from '../../../lambda/shared/failures.ts';
import { FieldDecryptor } from '../../../lambda/shared/field-decryptor.ts';
import { KeyRefusedError, UnreadableSecretError } from '../../../lambda/shared/field-encryption.ts';
import { FieldEncryptor } from '../../../lambda/shared/field-encryptor.ts';
import { KmsEndpoint } from '../../support/kms-endpoint.ts';
import { orderPlaced } from '../../support/order-events.ts';

const token = 'card_7hQ2mZ0xVt';
const about = { order_id: '12345' };

describe('encryption of a field', () => {
  let kms: KmsEndpoint;
  let keyArn: string;
  /** What KMS was asked, as it was asked. */
  let asked: { name: string; input: unknown }[];
  let encryptor: FieldEncryptor<'card_token', 'order_id'>;
  let decryptor: FieldDecryptor<'order_placed', 'card_token', 'order_id'>;

  beforeAll(async () => {
    kms = await KmsEndpoint.start();
    keyArn = await kms.createKey();
  });
  beforeEach(() => {
    asked = [];
    const listening = {
      send: (command: Parameters<KMSClient['send']>[0]) => {
        asked.push({ name: command.constructor.name, input: command.input });
        return kms.client.send(command);
      },
    } as Pick<KMSClient, 'send'>;
    encryptor = new FieldEncryptor(cardToken, { kms: listening, keyArn });
    decryptor = new FieldDecryptor(cardToken, { kms: listening, keyArn });
  });
  afterAll(() => kms.stop());

  const encrypted = (event = about) => encryptor.encrypt(new SecretText(token), event);
  const decrypted = (card_token: EncryptedField<'card_token'>, order_id = about.order_id) =>
    decryptor.decrypt(orderPlaced({ order_id, card_token }));
  /** A ciphertext that somebody else made up. */
  const forged = (bytes: Uint8Array) =>
    ({ ciphertext: Buffer.from(bytes).toString('base64') }) as EncryptedField<'card_token'>;

  /** What an attempt failed with; it says nothing of the text, in whatever is logged of it. */
  async function failure(attempt: Promise<unknown>): Promise<Error> {
    const error = await attempt.then(
      () => new Error('It did not fail'),
      (thrown: Error) => thrown,
    );
    const everything = inspect(error, { depth: Number.POSITIVE_INFINITY, maxStringLength: null });
    for (const form of ['utf8', 'base64', 'hex'] as const) {
      expect(everything).not.toContain(Buffer.from(token).toString(form));
    }
    return error;
  }

  it('gives the text back to whoever has the key', async () => {
    expect((await decrypted(await encrypted()))?.reveal()).toBe(token);
  });

  it('shows nothing of the text, and differs each time', async () => {
    const [first, second] = [await encrypted(), await encrypted()];

    expect(first.ciphertext).not.toBe(second.ciphertext);
    const bytes = Buffer.from(first.ciphertext, 'base64');
    expect(bytes.includes(token)).toBe(false);
  });

  it('adds less than a kilobyte to an event', async () => {
    expect(JSON.stringify(await encrypted()).length).toBeLessThan(1_024);
  });

  it('asks KMS for a data key to encrypt, and once more to decrypt; the text does not go there', async () => {
    await decrypted(await encrypted());

    const context = { event_type: 'order_placed', field: 'card_token', order_id: '12345' };
    expect(asked).toEqual([
      {
        name: 'GenerateDataKeyCommand',
        input: { KeyId: keyArn, NumberOfBytes: 32, EncryptionContext: context },
      },
      {
        name: 'DecryptCommand',
        input: { KeyId: keyArn, CiphertextBlob: expect.any(Uint8Array), EncryptionContext: context },
      },
    ]);
  });

  it('has nothing to do with an event without the field', async () => {
    await expect(decryptor.decrypt(orderPlaced())).resolves.toBeUndefined();
    expect(asked).toEqual([]);
  });

  describe('refuses for good', () => {
    it("another order's ciphertext", async () => {
      const error = await failure(decrypted(await encrypted(), '67890'));

      expect(error).toBeInstanceOf(UnreadableSecretError);
      expect(failureKind(error)).toBe('permanent');
      expect(error.message).toMatch(/card_token of order_id 67890.*for order_id "12345"/);
    });

    it("another field's ciphertext", async () => {
      const other = new SecretField({ ...cardToken, name: 'iban', form: /./, fault: '' });
      const iban = await new FieldEncryptor(other, { kms: kms.client, keyArn }).encrypt(
        new SecretText(token),
        about,
      );

      const error = await failure(decrypted(iban as unknown as EncryptedField<'card_token'>));

      expect(error).toBeInstanceOf(UnreadableSecretError);
      expect(error.message).toContain('for field "iban"');
    });

    it('a ciphertext of which a byte is another, or the end is missing, wherever', async () => {
      const bytes = Buffer.from((await encrypted()).ciphertext, 'base64');
      const place = fc.integer({ min: 0, max: bytes.length - 1 });

      await fc.assert(
        fc.asyncProperty(place, fc.integer({ min: 1, max: 255 }), fc.boolean(), async (at, flip, isCut) => {
          const altered = Buffer.from(isCut ? bytes.subarray(0, at) : bytes);
          if (!isCut) altered.writeUInt8((altered[at] as number) ^ flip, at);

          const error = await failure(decrypted(forged(altered)));

          expect([error.name, failureKind(error)]).toEqual(['UnreadableSecretError', 'permanent']);
        }),
        { numRuns: 150 },
      );
    });

    it('what is encrypted under another key, without asking for it', async () => {
      const other = new FieldEncryptor(cardToken, { kms: kms.client, keyArn: await kms.createKey() });
      const underOther = await other.encrypt(new SecretText(token), about);

      expect(await failure(decrypted(underOther))).toBeInstanceOf(UnreadableSecretError);
      expect(asked).toEqual([]);
    });

    it('a message that does not commit to its data key', async () => {
      const { encrypt } = buildEncrypt(CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT);
      const client = clientOf(kms.url);
      const keyring = new KmsKeyringNode({ generatorKeyId: keyArn, clientProvider: (() => client) as never });
      const { result } = await encrypt(keyring, token, {
        suiteId: AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA256,
        encryptionContext: { ...cardToken.contextOf(about) },
      });
      client.destroy();

      expect(await failure(decrypted(forged(result)))).toBeInstanceOf(UnreadableSecretError);
      expect(asked).toEqual([]);
    });
  });

  describe('when the key cannot be used', () => {
    afterEach(() => kms.client.send(new EnableKeyCommand({ KeyId: keyArn })));

    it('says so, as what an operator has to mend', async () => {
      const before = await encrypted();
      await kms.client.send(new DisableKeyCommand({ KeyId: keyArn }));

      for (const attempt of [encrypted(), decrypted(before)]) {
        const error = await failure(attempt);
        expect(error).toBeInstanceOf(KeyRefusedError);
        expect(failureKind(error)).toBe('unexpected');
        expect(error.message).toMatch(/card_token of order_id 12345 under arn:.*DisabledException/);
      }
    });

    it('says whom the policy does not let', async () => {
      const message = 'User: arn:aws:sts::1:assumed-role/shipping is not authorized to perform: kms:Decrypt';
      const denying = await answering(400, { __type: 'AccessDeniedException', message });
      const card_token = await encrypted();

      const error = await failure(
        new FieldDecryptor(cardToken, { kms: denying.client, keyArn }).decrypt(orderPlaced({ card_token })),
      );

      expect(error).toBeInstanceOf(KeyRefusedError);
      expect(error.message).toContain(message);
      await denying.stop();
    });
  });

  it('waits for KMS when that is down', async () => {
    const failing = await answering(500, { __type: 'KMSInternalException' });
    const card_token = await encrypted();
    const key = { kms: failing.client, keyArn };

    for (const attempt of [
      new FieldEncryptor(cardToken, key).encrypt(new SecretText(token), about),
      new FieldDecryptor(cardToken, key).decrypt(orderPlaced({ card_token })),
    ]) {
      expect(await failure(attempt)).toBeInstanceOf(DependencyDownError);
    }
    await failing.stop();
  });
});

/** A KMS that has one answer to everything. */
async function answering(status: number, content: object) {
  const server = createServer((_request, response) =>
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(content)),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const client = clientOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return {
    client,
    stop: async () => {
      client.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function clientOf(endpoint: string): KMS {
  return new KMS({
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
}
