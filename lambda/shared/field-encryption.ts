import { KmsKeyringNode, type KmsNodeClientSupplier } from '@aws-crypto/kms-keyring-node';
import { CommitmentPolicy } from '@aws-crypto/material-management-node';
import { DecryptCommand, GenerateDataKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { dependencyFailure } from './dependency.ts';
import { DependencyDownError, errorFrom, PermanentFailure } from './failures.ts';

/** How the AWS Encryption SDK is used here, by who encrypts and by who decrypts. */
export const encryptionSettings = {
  /**
   * Every message commits to its data key, and one that does not is refused: without, a message can be made
   * that opens to different texts under different keys.
   *
   * @see https://docs.aws.amazon.com/encryption-sdk/latest/developer-guide/concepts.html#key-commitment
   */
  commitmentPolicy: CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT,
  /** One key encrypts a field, so that one call of KMS opens it; a message that asks for more is made up. */
  maxEncryptedDataKeys: 1,
};

/** A secret field that can never be read: altered, moved from another event, or under another key. */
export class UnreadableSecretError extends PermanentFailure {
  override readonly name = 'UnreadableSecretError';
}

/** KMS does not let this function use the key of a secret field: its policy, or its state. */
export class KeyRefusedError extends Error {
  override readonly name = 'KeyRefusedError';
}

export interface FieldKey {
  readonly kms: Pick<KMSClient, 'send'>;
  /** The key of the field. No other is used, whatever a message names. */
  readonly keyArn: string;
}

/**
 * Does something with a keyring of one key: the field's data key is made and opened by it, and the field
 * itself never goes to KMS.
 *
 * @param what it is, for people: `decrypt card_token of order_id 12345`.
 * @throws DependencyDownError when KMS does not answer.
 * @throws KeyRefusedError when KMS does not let this function use the key.
 * @throws UnreadableSecretError when it cannot be done: the message was altered, or is under another key.
 */
export async function withFieldKey<Result>(
  { kms, keyArn }: FieldKey,
  what: string,
  work: (keyring: KmsKeyringNode) => Promise<Result>,
): Promise<Result> {
  // The keyring makes one text of KMS's errors, of which nobody could tell what kind they are.
  let failure: { readonly thrown: unknown } | undefined;
  const noting = async <Answer>(call: Promise<Answer>): Promise<Answer> => {
    try {
      return await call;
    } catch (thrown) {
      failure = { thrown };
      throw thrown;
    }
  };
  const calls = {
    generateDataKey: (input: GenerateDataKeyCommand['input']) =>
      noting(kms.send(new GenerateDataKeyCommand(input))),
    decrypt: (input: DecryptCommand['input']) => noting(kms.send(new DecryptCommand(input))),
  };
  const keyring = new KmsKeyringNode({
    generatorKeyId: keyArn,
    // A keyring of one key asks for nothing else.
    clientProvider: (() => calls) as unknown as KmsNodeClientSupplier,
  });
  try {
    return await work(keyring);
  } catch (thrown) {
    if (failure !== undefined) throw kmsFailure(what, keyArn, failure.thrown);
    throw new UnreadableSecretError(
      `The AWS Encryption SDK could not ${what} under ${keyArn}: ${errorFrom(thrown).message}. ` +
        'What was altered, or encrypted under another key, is not read.',
      { cause: thrown },
    );
  }
}

/** KMS's names for a ciphertext that it did not make so, or not under the key that it is said to be under. */
const unreadable = new Set(['IncorrectKeyException', 'InvalidCiphertextException']);

function kmsFailure(what: string, keyArn: string, thrown: unknown): Error {
  const failure = dependencyFailure('KMS', thrown);
  if (failure instanceof DependencyDownError) return failure;
  const { name, message } = errorFrom(thrown);
  return unreadable.has(name)
    ? new UnreadableSecretError(
        `KMS could not ${what} under ${keyArn}: ${name}. It was altered, or encrypted for another event.`,
        { cause: thrown },
      )
    : new KeyRefusedError(
        `KMS did not ${what} under ${keyArn}: ${name}: ${message}. Compare the key's policy with the role of ` +
          'this function, and see that the key is enabled.',
        { cause: thrown },
      );
}
