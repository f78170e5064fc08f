import { buildEncrypt } from '@aws-crypto/encrypt-node';
import { AlgorithmSuiteIdentifier } from '@aws-crypto/material-management-node';
import * as v from 'valibot';
import type { EncryptedField, SecretField, SecretText } from '../../contracts/secret-fields.ts';
import { encryptionSettings, type FieldKey, withFieldKey } from './field-encryption.ts';

const { encrypt } = buildEncrypt(encryptionSettings);

/**
 * Committed to its data key, and not signed: a signature keeps those who may decrypt from making messages
 * of their own, and here they would make them for nobody but themselves.
 */
const suiteId = AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY;

/**
 * Encrypts a secret field with the AWS Encryption SDK: each text under a data key of its own, which is
 * itself encrypted under the field's key and bound to the event.
 */
export class FieldEncryptor<Name extends string, Subject extends string> {
  readonly #field: SecretField<string, Name, Subject>;
  readonly #key: FieldKey;

  constructor(field: SecretField<string, Name, Subject>, key: FieldKey) {
    this.#field = field;
    this.#key = key;
  }

  /**
   * @throws DependencyDownError when KMS does not answer.
   * @throws KeyRefusedError when KMS does not let this function use the key.
   */
  async encrypt(text: SecretText, event: Readonly<Record<Subject, string>>): Promise<EncryptedField<Name>> {
    const field = this.#field;
    const what = `encrypt ${field.name} of ${field.subject} ${event[field.subject]}`;
    const { result } = await withFieldKey(this.#key, what, keyring =>
      encrypt(keyring, Buffer.from(text.reveal(), 'utf8'), {
        suiteId,
        encryptionContext: { ...field.contextOf(event) },
      }),
    );
    return v.parse(field.encrypted, { ciphertext: result.toString('base64') });
  }
}
