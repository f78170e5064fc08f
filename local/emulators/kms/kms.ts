import { createSecretKey, type KeyObject, randomBytes, randomUUID } from 'node:crypto';
import { ACCOUNT_ID } from '../../assembly/cloud-assembly.ts';
import { AwsError } from '../aws-error.ts';
import type { WireAction, WireRequest } from '../wire-protocol.ts';
import { type EncryptionContext, open, readBlob, seal } from './ciphertext-blob.ts';

/** Tag that gives a new key its id, where the caller must know it before; KMS itself draws one. */
export const CUSTOM_ID_TAG = '_custom_id_';

/** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html */
const MAX_PLAINTEXT_BYTES = 4_096;
/** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKey.html */
const MAX_DATA_KEY_BYTES = 1_024;
const BYTES_BY_SPEC: Readonly<Record<string, number>> = { AES_128: 16, AES_256: 32 };

interface Key {
  readonly arn: string;
  readonly id: string;
  readonly description: string;
  readonly createdAt: number;
  /** Drawn anew at every start: what an earlier run encrypted is gone with its queues. */
  readonly material: KeyObject;
  enabled: boolean;
}

type Parameters = WireRequest['parameters'];

/**
 * Symmetric keys that encrypt what they are asked to: AES-256-GCM, with the encryption context authenticated.
 *
 * Key policies are not evaluated, as no policies are on the local cloud.
 *
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/Welcome.html
 */
export class Kms {
  readonly #keys = new Map<string, Key>();

  /** The actions by their `x-amz-target`. */
  readonly actions: ReadonlyMap<string, WireAction> = new Map<string, WireAction>([
    ['TrentService.CreateKey', request => this.#createKey(request)],
    ['TrentService.DescribeKey', request => ({ KeyMetadata: metadataOf(this.#keyOf(request)) })],
    ['TrentService.EnableKey', request => this.#setEnabled(request, true)],
    ['TrentService.DisableKey', request => this.#setEnabled(request, false)],
    ['TrentService.GenerateDataKey', request => this.#generateDataKey(request)],
    ['TrentService.Encrypt', request => this.#encrypt(request)],
    ['TrentService.Decrypt', request => this.#decrypt(request)],
  ]);

  #createKey({ parameters, region }: WireRequest): object {
    const tags = (parameters.Tags ?? []) as readonly { TagKey?: string; TagValue?: string }[];
    const id = tags.find(({ TagKey }) => TagKey === CUSTOM_ID_TAG)?.TagValue ?? randomUUID();
    const key: Key = {
      arn: arnOf(id, region),
      id,
      description: String(parameters.Description ?? ''),
      createdAt: Date.now() / 1_000,
      material: createSecretKey(randomBytes(32)),
      enabled: true,
    };
    if (this.#keys.has(key.arn)) {
      throw new AwsError('AlreadyExistsException', `Key ${key.arn} is there already.`);
    }
    this.#keys.set(key.arn, key);
    return { KeyMetadata: metadataOf(key) };
  }

  #setEnabled(request: WireRequest, enabled: boolean): object {
    this.#keyOf(request).enabled = enabled;
    return {};
  }

  #generateDataKey(request: WireRequest): object {
    const key = usable(this.#keyOf(request));
    const plaintext = randomBytes(dataKeyBytes(request.parameters));
    return {
      KeyId: key.arn,
      Plaintext: plaintext.toString('base64'),
      CiphertextBlob: seal(plaintext, key.arn, key.material, contextOf(request.parameters)).toString(
        'base64',
      ),
    };
  }

  #encrypt(request: WireRequest): object {
    const key = usable(this.#keyOf(request));
    const plaintext = bytesOf(request.parameters, 'Plaintext');
    if (plaintext.length === 0 || plaintext.length > MAX_PLAINTEXT_BYTES) {
      throw invalid(`Plaintext is ${plaintext.length} bytes; KMS takes 1 to ${MAX_PLAINTEXT_BYTES}.`);
    }
    return {
      KeyId: key.arn,
      CiphertextBlob: seal(plaintext, key.arn, key.material, contextOf(request.parameters)).toString(
        'base64',
      ),
      EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    };
  }

  #decrypt({ parameters, region }: WireRequest): object {
    const blob = readBlob(bytesOf(parameters, 'CiphertextBlob'));
    if (blob === undefined) {
      throw unreadable();
    }
    const known = this.#keys.get(blob.keyArn);
    if (known === undefined) {
      throw unreadable();
    }
    const key = usable(known);
    if (parameters.KeyId !== undefined && this.#find(parameters.KeyId, region) !== key) {
      throw new AwsError(
        'IncorrectKeyException',
        'The key ID in the request does not identify a CMK that can perform this operation.',
      );
    }
    const plaintext = open(blob, key.material, contextOf(parameters));
    if (plaintext === undefined) {
      throw unreadable();
    }
    return {
      KeyId: key.arn,
      Plaintext: plaintext.toString('base64'),
      EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    };
  }

  #keyOf({ parameters, region }: WireRequest): Key {
    return this.#find(parameters.KeyId, region);
  }

  /** @param id key id or ARN. */
  #find(id: unknown, region: string): Key {
    const arn = String(id).startsWith('arn:') ? String(id) : arnOf(String(id), region);
    const key = this.#keys.get(arn);
    if (key === undefined) {
      throw new AwsError('NotFoundException', `Key '${arn}' does not exist.`);
    }
    return key;
  }
}

function usable(key: Key): Key {
  if (!key.enabled) {
    throw new AwsError('DisabledException', `${key.arn} is disabled.`);
  }
  return key;
}

function metadataOf({ arn, id, description, createdAt, enabled }: Key): object {
  return {
    AWSAccountId: ACCOUNT_ID,
    Arn: arn,
    CreationDate: createdAt,
    Description: description,
    Enabled: enabled,
    EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    KeyId: id,
    KeyManager: 'CUSTOMER',
    KeySpec: 'SYMMETRIC_DEFAULT',
    KeyState: enabled ? 'Enabled' : 'Disabled',
    KeyUsage: 'ENCRYPT_DECRYPT',
    MultiRegion: false,
    Origin: 'AWS_KMS',
  };
}

function arnOf(id: string, region: string): string {
  return `arn:aws:kms:${region}:${ACCOUNT_ID}:key/${id}`;
}

function dataKeyBytes({ KeySpec: spec, NumberOfBytes: count }: Parameters): number {
  const bytes = spec === undefined ? count : BYTES_BY_SPEC[String(spec)];
  const isOneOfBoth = (spec === undefined) !== (count === undefined);
  if (!isOneOfBoth || !Number.isInteger(bytes) || Number(bytes) < 1 || Number(bytes) > MAX_DATA_KEY_BYTES) {
    throw invalid(
      `KeySpec ${String(spec)} and NumberOfBytes ${String(count)}: give one of them, AES_128 or AES_256, or 1 to ` +
        `${MAX_DATA_KEY_BYTES} bytes.`,
    );
  }
  return Number(bytes);
}

function bytesOf(parameters: Parameters, name: 'CiphertextBlob' | 'Plaintext'): Buffer {
  return Buffer.from(String(parameters[name] ?? ''), 'base64');
}

function contextOf({ EncryptionContext: context = {} }: Parameters): EncryptionContext {
  return context as EncryptionContext;
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

/** KMS says no more than that, so that nobody learns from it how to make one that fits. */
function unreadable(): AwsError {
  return new AwsError('InvalidCiphertextException', 'The ciphertext is invalid.');
}
