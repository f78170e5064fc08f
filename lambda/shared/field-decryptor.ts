import { buildDecrypt } from '@aws-crypto/decrypt-node';
import { type EncryptedField, type SecretField, SecretText } from '../../contracts/secret-fields.ts';
import {
  encryptionSettings,
  type FieldKey,
  UnreadableSecretError,
  withFieldKey,
} from './field-encryption.ts';

const { decrypt } = buildDecrypt(encryptionSettings);

/** Decrypts a secret field of events: what `FieldEncryptor` makes. */
export class FieldDecryptor<Type extends string, Name extends string, Subject extends string> {
  readonly #field: SecretField<Type, Name, Subject>;
  readonly #key: FieldKey;

  constructor(field: SecretField<Type, Name, Subject>, key: FieldKey) {
    this.#field = field;
    this.#key = key;
  }

  /**
   * The text of an event's field; undefined where the event has none.
   *
   * @throws DependencyDownError when KMS does not answer.
   * @throws KeyRefusedError when KMS does not let this function use the key.
   * @throws UnreadableSecretError when the field was altered, belongs to another event, or is encrypted
   * under another key.
   */
  async decrypt(
    event: { readonly event_type: Type } & Readonly<Record<Subject, string>> &
      Readonly<Partial<Record<Name, EncryptedField<Name> | undefined>>>,
  ): Promise<SecretText | undefined> {
    const field = this.#field;
    const encrypted: EncryptedField | undefined = event[field.name];
    if (encrypted === undefined) return undefined;
    const what = `decrypt ${field.name} of ${field.subject} ${event[field.subject]}`;
    const message = Buffer.from(encrypted.ciphertext, 'base64');
    const { plaintext, messageHeader } = await withFieldKey(this.#key, what, keyring =>
      decrypt(keyring, message),
    );

    // It is authentic. Whose it is, the SDK leaves to its caller to see.
    for (const [name, value] of Object.entries(field.contextOf(event))) {
      const stated = messageHeader.encryptionContext[name];
      if (stated !== value) {
        throw new UnreadableSecretError(
          `Could not ${what}: it was encrypted for ${name} ${JSON.stringify(stated)}.`,
        );
      }
    }
    return new SecretText(plaintext.toString('utf8'));
  }
}
