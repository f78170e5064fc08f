/**
 * Condition keys of the encryption context that a call of KMS names. The simulator knows keys with a part of
 * their own behind a slash, and KMS's has it behind a colon: it is told of a key that it takes for a text, too.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-encryption-context
 */
const ofKms = 'kms:EncryptionContext:';
const ofSimulator = 'aws:PrincipalTag/EncryptionContext/';

/** The calls that name an encryption context. */
const namesContext = /^kms:(Decrypt|Encrypt|GenerateDataKey(Pair)?(WithoutPlaintext)?|ReEncrypt(From|To))$/;

/** A policy or a request as the simulator can judge it. */
export function forSimulator<Content>(content: Content, action: string): Content {
  return namesContext.test(action) ? (renamed(content, ofKms, ofSimulator) as Content) : content;
}

/** What the simulator said, in the words of the policies. */
export function fromSimulator(text: string): string {
  return text.replaceAll(ofSimulator, ofKms);
}

function renamed(content: unknown, from: string, to: string): unknown {
  if (Array.isArray(content)) return content.map(each => renamed(each, from, to));
  if (typeof content !== 'object' || content === null) return content;
  return Object.fromEntries(
    Object.entries(content).map(([name, each]) => [name.replace(from, to), renamed(each, from, to)]),
  );
}
