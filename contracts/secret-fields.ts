import * as v from 'valibot';

const mask = '[secret]';

/** A text that nobody may read on its way: wherever it is printed or serialized, `[secret]` stands instead. */
export class SecretText {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself, to encrypt it or to hand it to whom it is for. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return mask;
  }

  toJSON(): string {
    return mask;
  }
}

declare const encryptedAs: unique symbol;

/** What a message carries instead of a secret text. Only encryption and a schema make one: see {@link SecretField}. */
export interface EncryptedField<Name extends string = string> {
  /** Message of the AWS Encryption SDK, in base64. It says itself which key opens it. */
  readonly ciphertext: string;
  readonly [encryptedAs]: Name;
}

/**
 * Messages of format 2 under the suite AES-256-GCM with HKDF and key commitment, without a signature: the
 * version and the suite are their first three bytes, and four letters in base64.
 *
 * @see https://docs.aws.amazon.com/encryption-sdk/latest/developer-guide/message-format.html
 */
const ciphertextForm = /^AgR4[A-Za-z0-9+/]+={0,2}$/;

export interface SecretFieldOptions<Type extends string, Name extends string, Subject extends string> {
  /** The type of the events that have the field. */
  readonly eventType: Type;
  readonly name: Name;
  /** Field of the same event that says what it is about: a ciphertext opens for that subject alone. */
  readonly subject: Subject;
  /** What a plain text looks like. */
  readonly form: RegExp;
  /** What to tell whoever sends another; it never repeats what was sent. */
  readonly fault: string;
}

/** What a ciphertext is bound to, as far as an event says it. */
export type SubjectOf<Field> =
  Field extends SecretField<infer Type, string, infer Subject>
    ? { readonly event_type: Type } & Readonly<Record<Subject, string>>
    : never;

/**
 * A field that travels encrypted. Declared once, it types the event, the publisher that encrypts it and the
 * consumer that decrypts it, and it is what the key's policy is made of: a plain text in the event is a
 * compile error, and refused where it turns up at run time.
 */
export class SecretField<
  Type extends string = string,
  Name extends string = string,
  Subject extends string = string,
> {
  readonly eventType: Type;
  readonly name: Name;
  readonly subject: Subject;
  /** The field as a client sends it to the intake. */
  readonly plain: v.GenericSchema<string, SecretText>;
  /** The field in the event. */
  readonly encrypted: v.GenericSchema<EncryptedField<Name>>;

  constructor({ eventType, name, subject, form, fault }: SecretFieldOptions<Type, Name, Subject>) {
    this.eventType = eventType;
    this.name = name;
    this.subject = subject;
    // Messages of their own throughout: those of the schema library repeat what they refuse.
    this.plain = v.pipe(
      v.string(fault),
      v.regex(form, fault),
      v.transform(text => new SecretText(text)),
    );
    const notEncrypted = `Invalid ${name}: expected it encrypted, as { ciphertext }`;
    const schema = v.pipe(
      v.object(
        { ciphertext: v.pipe(v.string(notEncrypted), v.regex(ciphertextForm, notEncrypted)) },
        notEncrypted,
      ),
      v.metadata({ isSecret: true }),
    );
    this.encrypted = schema as unknown as v.GenericSchema<EncryptedField<Name>>;
  }

  /** What a ciphertext is bound to, whoever it is about. */
  get binding(): Readonly<Record<'event_type' | 'field', string>> {
    return { event_type: this.eventType, field: this.name };
  }

  /**
   * Encryption context: authenticated, not secret, and written to the audit trail. A ciphertext that is
   * moved to another event opens under no other.
   *
   * @see https://docs.aws.amazon.com/kms/latest/developerguide/encrypt_context.html
   */
  contextOf(event: Readonly<Record<Subject, string>>): Readonly<Record<string, string>> {
    return { ...this.binding, [this.subject]: event[this.subject] };
  }
}

/**
 * Keeps a secret that is not encrypted from being sent, should a cast have let it past the compiler.
 *
 * @throws TypeError naming the fields.
 */
export function requireEncrypted(schema: v.GenericSchema, message: Readonly<Record<string, unknown>>): void {
  const plain = Object.entries(entriesOf(schema))
    .filter(([name, entry]) => message[name] !== undefined && isSecret(entry) && !v.is(entry, message[name]))
    .map(([name]) => name);
  if (plain.length > 0) {
    throw new TypeError(`${plain.join(', ')} must be encrypted before the event is sent; nothing was sent.`);
  }
}

function entriesOf(schema: v.GenericSchema): v.ObjectEntries {
  return 'entries' in schema ? (schema.entries as v.ObjectEntries) : {};
}

function isSecret(schema: v.ObjectEntries[string]): boolean {
  const required = 'wrapped' in schema ? (schema.wrapped as v.GenericSchema) : schema;
  return v.getMetadata(required).isSecret === true;
}
