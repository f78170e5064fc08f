import { BlockList, isIP } from 'node:net';
import { AwsError } from '../aws-error.ts';

/**
 * Whether one of the values at a key meets a condition of a filter policy; no values means that the key is
 * not there.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/string-value-matching.html
 */
export function meetsCondition(condition: unknown, values: readonly unknown[]): boolean {
  if (typeof condition !== 'object' || condition === null) {
    return values.some(value => value === condition);
  }
  return Object.entries(condition).every(([operator, operand]) => {
    if (operator === 'exists') {
      return values.length > 0 === operand;
    }
    const test = OPERATORS[operator];
    if (test === undefined) {
      throw new AwsError(
        'InvalidParameter',
        `Invalid parameter: FilterPolicy: Unrecognized match type ${operator}`,
      );
    }
    return values.some(value => test(value, operand));
  });
}

type Operator = (value: unknown, operand: unknown) => boolean;

const OPERATORS: Readonly<Record<string, Operator>> = {
  prefix: ofText((value, operand) => value.startsWith(operand)),
  suffix: ofText((value, operand) => value.endsWith(operand)),
  'equals-ignore-case': ofText((value, operand) => value.toLowerCase() === operand.toLowerCase()),
  wildcard: ofText((value, operand) => wildcardPattern(operand).test(value)),
  cidr: ofText(isInBlock),
  numeric: (value, operand) => typeof value === 'number' && isInRanges(value, operand as unknown[]),
  'anything-but': isAnythingBut,
};

function ofText(test: (value: string, operand: string) => boolean): Operator {
  return (value, operand) => typeof value === 'string' && test(value, String(operand));
}

function isAnythingBut(value: unknown, operand: unknown): boolean {
  if (Array.isArray(operand)) {
    return !operand.includes(value);
  }
  if (typeof operand !== 'object' || operand === null) {
    return value !== operand;
  }
  return !Object.entries(operand).some(([operator, operands]) =>
    [operands].flat().some(each => OPERATORS[operator]?.(value, each) === true),
  );
}

function isInRanges(value: number, comparisons: readonly unknown[]): boolean {
  for (let place = 0; place + 1 < comparisons.length; place += 2) {
    const bound = Number(comparisons[place + 1]);
    const holds = {
      '=': value === bound,
      '<': value < bound,
      '<=': value <= bound,
      '>': value > bound,
      '>=': value >= bound,
    }[String(comparisons[place])];
    if (holds !== true) {
      return false;
    }
  }
  return true;
}

const patterns = new Map<string, RegExp>();

function wildcardPattern(wildcard: string): RegExp {
  let pattern = patterns.get(wildcard);
  if (pattern === undefined) {
    pattern = new RegExp(`^${wildcard.split('*').map(literal).join('.*')}$`, 's');
    patterns.set(wildcard, pattern);
  }
  return pattern;
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function isInBlock(address: string, block: string): boolean {
  const [network = '', bits = ''] = block.split('/');
  const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(address) === 0 || isIP(address) !== isIP(network)) {
    return false;
  }
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family);
  return list.check(address, family);
}
