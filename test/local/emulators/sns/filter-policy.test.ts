import type { MessageAttribute, StoredSubscription } from '../../../../local/emulators/message-store.ts';
import { passesFilter } from '../../../../local/emulators/sns/filter-policy.ts';
import type { Notification } from '../../../../local/emulators/sns/notification.ts';

function subscription(policy: object | undefined, scope?: string): StoredSubscription {
  return {
    arn: 'arn:aws:sns:us-east-1:000000000000:topic:one',
    topicArn: 'arn:aws:sns:us-east-1:000000000000:topic',
    protocol: 'sqs',
    endpoint: 'arn:aws:sqs:us-east-1:000000000000:queue',
    confirmed: true,
    attributes: {
      ...(policy === undefined ? {} : { FilterPolicy: JSON.stringify(policy) }),
      ...(scope === undefined ? {} : { FilterPolicyScope: scope }),
    },
  };
}

function notification(message: string, attributes: Record<string, MessageAttribute> = {}): Notification {
  return {
    id: 'id',
    topicArn: 'arn:aws:sns:us-east-1:000000000000:topic',
    topicName: 'topic',
    publishedAt: new Date(0),
    message,
    attributes,
    subject: undefined,
    structure: undefined,
    groupId: undefined,
    deduplicationId: undefined,
  };
}

const text = (value: string): MessageAttribute => ({ DataType: 'String', StringValue: value });
const number = (value: number): MessageAttribute => ({ DataType: 'Number', StringValue: String(value) });
const array = (value: unknown[]): MessageAttribute => ({
  DataType: 'String.Array',
  StringValue: JSON.stringify(value),
});
const bytes: MessageAttribute = { DataType: 'Binary', BinaryValue: 'AAEC' };

it('lets everything through without a policy', () => {
  expect(passesFilter(subscription(undefined), notification('anything'))).toBe(true);
});

describe('on attributes', () => {
  const cases: [string, object, Record<string, MessageAttribute>, boolean][] = [
    ['a listed text', { type: ['placed', 'paid'] }, { type: text('paid') }, true],
    ['another text', { type: ['placed', 'paid'] }, { type: text('shipped') }, false],
    ['a text in other case', { type: ['placed'] }, { type: text('Placed') }, false],
    ['no attribute', { type: ['placed'] }, {}, false],
    ['one of two keys', { type: ['placed'], store: ['a'] }, { type: text('placed') }, false],
    ['both keys', { type: ['placed'], store: ['a'] }, { type: text('placed'), store: text('a') }, true],
    ['an equal number', { total: [100] }, { total: number(100) }, true],
    ['a text that looks like the number', { total: [100] }, { total: text('100') }, false],
    ['a number in range', { total: [{ numeric: ['>=', 100, '<', 200] }] }, { total: number(100) }, true],
    ['a number out of range', { total: [{ numeric: ['>=', 100, '<', 200] }] }, { total: number(200) }, false],
    ['an equal number by operator', { total: [{ numeric: ['=', 1.5] }] }, { total: number(1.5) }, true],
    ['a text against a range', { total: [{ numeric: ['>', 1] }] }, { total: text('2') }, false],
    ['a prefix', { type: [{ prefix: 'order_' }] }, { type: text('order_placed') }, true],
    ['another prefix', { type: [{ prefix: 'order_' }] }, { type: text('user_logged_in') }, false],
    ['a suffix', { type: [{ suffix: '_placed' }] }, { type: text('order_placed') }, true],
    ['a text in any case', { type: [{ 'equals-ignore-case': 'PLACED' }] }, { type: text('placed') }, true],
    ['a wildcard', { file: [{ wildcard: 'in/*.png' }] }, { file: text('in/a.b/c.png') }, true],
    ['a wildcard that is not met', { file: [{ wildcard: 'in/*.png' }] }, { file: text('in/axpng') }, false],
    ['an address in the block', { ip: [{ cidr: '10.0.0.0/24' }] }, { ip: text('10.0.0.255') }, true],
    ['an address beside the block', { ip: [{ cidr: '10.0.0.0/24' }] }, { ip: text('10.0.1.0') }, false],
    ['an IPv6 address in the block', { ip: [{ cidr: '2001:db8::/32' }] }, { ip: text('2001:db8::1') }, true],
    ['no address', { ip: [{ cidr: '10.0.0.0/24' }] }, { ip: text('nowhere') }, false],
    ['what is there', { store: [{ exists: true }] }, { store: bytes }, true],
    ['what is not there', { store: [{ exists: true }] }, {}, false],
    ['what must not be there', { store: [{ exists: false }] }, { store: text('a') }, false],
    ['what must not be there and is not', { store: [{ exists: false }] }, {}, true],
    ['an excluded text', { type: [{ 'anything-but': ['a', 'b'] }] }, { type: text('b') }, false],
    ['a text that is not excluded', { type: [{ 'anything-but': ['a', 'b'] }] }, { type: text('c') }, true],
    ['anything but, of nothing', { type: [{ 'anything-but': 'a' }] }, {}, false],
    [
      'an excluded prefix',
      { type: [{ 'anything-but': { prefix: 'order' } }] },
      { type: text('orders') },
      false,
    ],
    [
      'another prefix than excluded',
      { type: [{ 'anything-but': { prefix: 'order' } }] },
      { type: text('x') },
      true,
    ],
    ['an excluded number', { total: [{ 'anything-but': 7 }] }, { total: number(7) }, false],
    ['an array with a listed entry', { likes: ['rugby'] }, { likes: array(['tennis', 'rugby']) }, true],
    ['an array without one', { likes: ['rugby'] }, { likes: array(['tennis']) }, false],
    ['an array with a number', { likes: [7] }, { likes: array(['tennis', 7]) }, true],
    [
      'an array not all excluded',
      { likes: [{ 'anything-but': ['rugby'] }] },
      { likes: array(['rugby', 'golf']) },
      true,
    ],
    ['an array all excluded', { likes: [{ 'anything-but': ['rugby'] }] }, { likes: array(['rugby']) }, false],
    ['one of the alternatives', { $or: [{ type: ['a'] }, { store: ['s'] }] }, { store: text('s') }, true],
    ['none of the alternatives', { $or: [{ type: ['a'] }, { store: ['s'] }] }, { store: text('t') }, false],
    [
      'an alternative without what is asked besides',
      { type: ['a'], $or: [{ store: ['s'] }] },
      { store: text('s') },
      false,
    ],
    ['bytes against a text', { store: ['AAEC'] }, { store: bytes }, false],
  ];

  it.each(cases)('%s', (_name, policy, attributes, passes) => {
    expect(passesFilter(subscription(policy), notification('body', attributes))).toBe(passes);
  });
});

describe('on bodies', () => {
  const cases: [string, object, unknown, boolean][] = [
    ['a key', { type: ['placed'] }, { type: 'placed' }, true],
    ['a nested key', { order: { store: ['a'] } }, { order: { store: 'a' } }, true],
    ['a nested key that is not there', { order: { store: ['a'] } }, { store: 'a' }, false],
    ['an entry of an array', { tags: ['b'] }, { tags: ['a', 'b'] }, true],
    [
      'a key in an array of objects',
      { items: { sku: ['A'] } },
      { items: [{ sku: 'B' }, { sku: 'A' }] },
      true,
    ],
    ['no entry of an empty array', { tags: [{ exists: true }] }, { tags: [] }, false],
    ['a number', { total: [{ numeric: ['>', 99] }] }, { total: 99.99 }, true],
    ['true', { paid: [true] }, { paid: true }, true],
    ['a text instead of true', { paid: [true] }, { paid: 'true' }, false],
    ['null', { note: [null] }, { note: null }, true],
    ['nested alternatives', { order: { $or: [{ a: ['1'] }, { b: ['2'] }] } }, { order: { b: '2' } }, true],
  ];

  it.each(cases)('%s', (_name, policy, body, passes) => {
    const filtered = subscription(policy, 'MessageBody');

    expect(passesFilter(filtered, notification(JSON.stringify(body)))).toBe(passes);
  });

  it('keeps out what is no JSON object', () => {
    const filtered = subscription({ type: ['placed'] }, 'MessageBody');

    expect(passesFilter(filtered, notification('plain text'))).toBe(false);
  });
});

it('fails on an operator that SNS does not have', () => {
  expect(() =>
    passesFilter(subscription({ type: [{ like: 'a' }] }), notification('', { type: text('a') })),
  ).toThrow('Unrecognized match type like');
});

it('follows a policy that is changed', () => {
  const changing = subscription({ type: ['placed'] });
  const placed = notification('', { type: text('placed') });
  expect(passesFilter(changing, placed)).toBe(true);

  (changing.attributes as Record<string, string>).FilterPolicy = JSON.stringify({ type: ['paid'] });

  expect(passesFilter(changing, placed)).toBe(false);
});
