import { type AlarmState, UnevaluableAlarm } from './alarm-spec.ts';

/** The rule of a composite alarm, taken apart. */
export type CompositeRule =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'alarm'; readonly state: AlarmState; readonly alarm: string }
  | { readonly kind: 'not'; readonly of: CompositeRule }
  | { readonly kind: 'and' | 'or'; readonly left: CompositeRule; readonly right: CompositeRule };

const STATES: readonly string[] = ['ALARM', 'OK', 'INSUFFICIENT_DATA'] satisfies AlarmState[];
const isState = (word: string): word is AlarmState => STATES.includes(word);

/** An alarm with the state that is asked of it, named with quotes or without; a word; a parenthesis. */
const TOKEN = /\s*(?:(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"([^"]+)"|([^\s")]+))\s*\)|(\w+)|([()]))/y;

type Token =
  | { readonly kind: 'alarm'; readonly rule: CompositeRule }
  | { readonly kind: 'word'; readonly text: string };

/**
 * Parses the rule of a composite alarm. NOT binds before AND, AND before OR.
 *
 * @throws UnevaluableAlarm when it is none
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
 */
export function parseCompositeRule(source: string): CompositeRule {
  const tokens = tokenize(source);
  let place = 0;
  const refuse = (): never => {
    const found = tokens[place];
    const where = found === undefined ? 'the end' : found.kind === 'word' ? found.text : 'an alarm';
    throw new UnevaluableAlarm(`rule ${JSON.stringify(source)}, which cannot be read at ${where}`);
  };
  const take = (word: string): boolean => {
    const token = tokens[place];
    if (token?.kind !== 'word' || token.text !== word) return false;
    place += 1;
    return true;
  };

  function either(): CompositeRule {
    let left = both();
    while (take('OR')) left = { kind: 'or', left, right: both() };
    return left;
  }

  function both(): CompositeRule {
    let left = one();
    while (take('AND')) left = { kind: 'and', left, right: one() };
    return left;
  }

  function one(): CompositeRule {
    if (take('NOT')) return { kind: 'not', of: one() };
    if (take('TRUE')) return { kind: 'constant', value: true };
    if (take('FALSE')) return { kind: 'constant', value: false };
    if (take('(')) {
      const inner = either();
      return take(')') ? inner : refuse();
    }
    const token = tokens[place];
    if (token?.kind !== 'alarm') return refuse();
    place += 1;
    return token.rule;
  }

  const rule = either();
  return place === tokens.length ? rule : refuse();
}

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  const trimmed = source.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < trimmed.length) {
    const start = TOKEN.lastIndex;
    const match = TOKEN.exec(trimmed);
    if (match === null) {
      const rest = trimmed.slice(start).trim();
      throw new UnevaluableAlarm(`rule ${JSON.stringify(source)}, which cannot be read at ${rest}`);
    }
    const [, state = '', quoted, bare, word, sign] = match;
    const alarm = quoted ?? bare;
    if (isState(state) && alarm !== undefined) {
      tokens.push({ kind: 'alarm', rule: { kind: 'alarm', state, alarm } });
    } else {
      tokens.push({ kind: 'word', text: word ?? sign ?? '' });
    }
  }
  return tokens;
}

/** Whether a rule holds, by the states of the alarms that it names. */
export function ruleHolds(rule: CompositeRule, stateOf: (alarm: string) => AlarmState): boolean {
  switch (rule.kind) {
    case 'constant':
      return rule.value;
    case 'alarm':
      return stateOf(rule.alarm) === rule.state;
    case 'not':
      return !ruleHolds(rule.of, stateOf);
    case 'and':
      return ruleHolds(rule.left, stateOf) && ruleHolds(rule.right, stateOf);
    case 'or':
      return ruleHolds(rule.left, stateOf) || ruleHolds(rule.right, stateOf);
  }
}

/** Names or ARNs of the alarms in a rule, each once. */
export function alarmsIn(rule: CompositeRule): string[] {
  switch (rule.kind) {
    case 'constant':
      return [];
    case 'alarm':
      return [rule.alarm];
    case 'not':
      return alarmsIn(rule.of);
    default:
      return [...new Set([...alarmsIn(rule.left), ...alarmsIn(rule.right)])];
  }
}
