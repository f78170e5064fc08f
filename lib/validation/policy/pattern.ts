import { type Ternary, ternary } from './ternary.ts';

/**
 * Whether a text has a part that only the cloud knows: a policy variable, or a reference that could not
 * be resolved.
 */
export function isOpen(text: string): boolean {
  return text.includes('${');
}

/** Whether two texts are the same, as far as both are known. */
export function same(wanted: string, text: string): Ternary {
  if (wanted === text) return 'yes';
  return isOpen(wanted) || isOpen(text) ? whileOpen(wanted, text) : 'no';
}

/** Whether a text is like a pattern, in which `*` stands for any characters and `?` for any one. */
export function like(pattern: string, text: string): Ternary {
  if (pattern === '*' || pattern === text) return 'yes';
  return isOpen(pattern) || isOpen(text) ? whileOpen(pattern, text) : ternary(matches(pattern, text));
}

const arnParts = 6;

/**
 * Whether an ARN is like a pattern, part by part: a wildcard reaches across a colon in the last part only.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
 */
export function arnLike(pattern: string, text: string): Ternary {
  if (isOpen(pattern) || isOpen(text)) return pattern === text ? 'yes' : whileOpen(pattern, text);
  const [patterns, parts] = [partsOf(pattern), partsOf(text)];
  if (parts.length < arnParts || patterns.length < arnParts) return 'no';
  return ternary(patterns.every((part, index) => matches(part, parts[index] ?? '')));
}

/** A wildcard in what says the type of a resource, as in `arn:aws:kms:eu-west-1:111122223333:*key/1234`. */
const wildcardInType = /^(?!arn:[^:]*:s3:)([^:]*:){5}[^/:]*[*?][^/:]*[/:]/;

/**
 * Whether the ARN of a resource is like a pattern. AWS documents that wildcards stay within the parts of an
 * ARN: what matches only if they reach across, or stand in the type of the resource, is left open.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function resourceLike(pattern: string, arn: string): Ternary {
  const across = like(pattern, arn);
  if (pattern === '*' || across !== 'yes') return across;
  return arnLike(pattern, arn) === 'yes' && !wildcardInType.test(pattern) ? 'yes' : 'unknown';
}

function partsOf(arn: string): readonly string[] {
  const parts = arn.split(':');
  if (parts.length < arnParts) return parts;
  return [...parts.slice(0, arnParts - 1), parts.slice(arnParts - 1).join(':')];
}

/** What is certain before the first thing that is not may already differ. */
function whileOpen(pattern: string, text: string): Ternary {
  const [left, right] = [certainStart(pattern), certainStart(text)];
  const shared = Math.min(left.length, right.length);
  return left.slice(0, shared) === right.slice(0, shared) ? 'unknown' : 'no';
}

function certainStart(text: string): string {
  const end = text.search(/[*?]|\$\{/);
  return end < 0 ? text : text.slice(0, end);
}

/** Goes back to the last `*` where the rest does not fit: no pattern takes longer than both lengths' product. */
function matches(pattern: string, text: string): boolean {
  let [at, read, star, resume] = [0, 0, -1, 0];
  while (read < text.length) {
    const expected = pattern[at];
    if (expected === '*') {
      star = at++;
      resume = read;
    } else if (expected === '?' || (expected !== undefined && expected === text[read])) {
      at++;
      read++;
    } else if (star >= 0) {
      at = star + 1;
      read = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}
