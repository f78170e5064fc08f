import type { MessageAttribute, StoredSubscription } from '../message-store.ts';
import { meetsCondition } from './filter-conditions.ts';
import type { Notification } from './notification.ts';

type Policy = Readonly<Record<string, unknown>>;

/** Parsed policies, for as long as their text is the one that was parsed. */
const parsed = new WeakMap<StoredSubscription, { readonly text: string; readonly policy: Policy }>();

/**
 * Whether a subscription's filter policy lets a message through.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
 */
export function passesFilter(subscription: StoredSubscription, notification: Notification): boolean {
  const policy = policyOf(subscription);
  if (policy === undefined) {
    return true;
  }
  if (subscription.attributes.FilterPolicyScope === 'MessageBody') {
    const body = parseBody(notification.message);
    return body !== undefined && matchesPattern(policy, [body]);
  }
  return matchesPattern(policy, [attributeValues(notification.attributes)]);
}

function policyOf(subscription: StoredSubscription): Policy | undefined {
  const text = subscription.attributes.FilterPolicy;
  if (!text) {
    return undefined;
  }
  let known = parsed.get(subscription);
  if (known?.text !== text) {
    known = { text, policy: JSON.parse(text) as Policy };
    parsed.set(subscription, known);
  }
  return known.policy;
}

/**
 * Whether all keys of a policy match; EventBridge's event patterns are of the same language.
 *
 * @param objects the places where the policy's keys are looked up.
 */
export function matchesPattern(policy: Policy, objects: readonly unknown[]): boolean {
  return Object.entries(policy).every(([key, condition]) => {
    if (key === '$or' && Array.isArray(condition)) {
      return condition.some(alternative => matchesPattern(alternative as Policy, objects));
    }
    const values = objects.flatMap(object => valuesAt(object, key));
    return Array.isArray(condition)
      ? condition.some(each => meetsCondition(each, values))
      : matchesPattern(condition as Policy, values);
  });
}

/** What stands at a key; each entry of an array stands there. */
function valuesAt(object: unknown, key: string): readonly unknown[] {
  if (typeof object !== 'object' || object === null || !Object.hasOwn(object, key)) {
    return [];
  }
  const value = (object as Record<string, unknown>)[key];
  return Array.isArray(value) ? value : [value];
}

function parseBody(message: string): object | undefined {
  try {
    const body: unknown = JSON.parse(message);
    return typeof body === 'object' && body !== null ? body : undefined;
  } catch {
    return undefined;
  }
}

/** Attributes by their type, so that numbers are compared as numbers and arrays entry by entry. */
function attributeValues(attributes: Readonly<Record<string, MessageAttribute>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, typed(value)]));
}

function typed({ DataType, StringValue = '' }: MessageAttribute): unknown {
  if (DataType === 'String.Array') {
    const entries = parseBody(StringValue);
    return Array.isArray(entries) ? entries : StringValue;
  }
  if (DataType.startsWith('Number')) {
    return Number(StringValue);
  }
  // Binary attributes are there, but equal nothing.
  return DataType.startsWith('Binary') ? Symbol(DataType) : StringValue;
}
