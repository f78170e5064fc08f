import { type AlarmState, UnevaluableAlarm } from '../../../local/alarms/alarm-spec.ts';
import { alarmsIn, parseCompositeRule, ruleHolds } from '../../../local/alarms/composite-rule.ts';

const states: Readonly<Record<string, AlarmState>> = { on: 'ALARM', off: 'OK', new: 'INSUFFICIENT_DATA' };

const holds = (rule: string) =>
  ruleHolds(parseCompositeRule(rule), alarm => states[alarm] ?? 'INSUFFICIENT_DATA');

describe('the rule of a composite alarm', () => {
  it.each([
    ['TRUE', true],
    ['FALSE', false],
    ['ALARM(on)', true],
    ['ALARM("on")', true],
    ['ALARM("off")', false],
    ['OK(off)', true],
    ['INSUFFICIENT_DATA(new)', true],
    ['(ALARM("off") OR ALARM("on"))', true],
    ['ALARM(on) AND ALARM(off)', false],
    ['NOT ALARM(off)', true],
    ['NOT (ALARM(off) OR ALARM(on))', false],
    ['NOT NOT ALARM(on)', true],
    // AND binds before OR, NOT before both.
    ['ALARM(on) OR ALARM(off) AND ALARM(off)', true],
    ['(ALARM(on) OR ALARM(off)) AND ALARM(off)', false],
    ['NOT ALARM(off) AND ALARM(on)', true],
    [' ALARM ( "on" )\n  AND TRUE ', true],
    ['ALARM("arn:aws:cloudwatch:us-east-1:000000000000:alarm:none")', false],
  ])('%j is %p', (rule, expected) => {
    expect(holds(rule)).toBe(expected);
  });

  it('names its alarms once each', () => {
    const rule = 'ALARM("a") OR (NOT OK("b") AND ALARM("a")) OR TRUE';
    expect(alarmsIn(parseCompositeRule(rule))).toEqual(['a', 'b']);
  });

  it.each(['', 'ALARM()', 'ALARM(on) OR', 'ALARM(on) ALARM(off)', '(ALARM(on)', 'BROKEN(on)', 'on', 'OR'])(
    '%j is none',
    rule => {
      expect(() => parseCompositeRule(rule)).toThrow(UnevaluableAlarm);
    },
  );
});
