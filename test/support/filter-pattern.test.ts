import { FilterPattern, FilterPatternError } from './filter-pattern.ts';

const matches = (pattern: string, event: unknown) => new FilterPattern(pattern).matches(event);
const event = { a: 'one.two', b: { c: 'three' }, n: 3 };

describe('a filter pattern', () => {
  it.each<[string, boolean]>([
    ['{ $.a = "one.two" }', true],
    ['{ $.a = "one" }', false],
    ['{ $.a = "one*" }', true],
    ['{ $.a = "*two" }', true],
    ['{ $.a = "oneXtwo" }', false],
    ['{ $.b.c = "three" }', true],
    ['{ $.b.d = "*" }', false],
    ['{ $.n = "3" }', false],
    ['{ $.a != "one*" }', false],
    ['{ $.a != "two*" }', true],
    ['{ $.d NOT EXISTS }', true],
    ['{ $.b NOT EXISTS }', false],
    ['{ ($.a = "x") || ($.a = "one*") && ($.b.c = "x") }', false],
    ['{ ($.a = "one*") || ($.a = "x") && ($.b.c = "x") }', true],
    ['{ (($.a = "x") || ($.a = "one*")) && ($.b.c = "three") }', true],
  ])('%s is %s', (pattern, expected) => {
    expect(matches(pattern, event)).toBe(expected);
  });

  it.each([
    '$.a = "x"',
    '{ }',
    '{ $.a }',
    '{ $.a = x }',
    '{ $.a > 3 }',
    '{ ($.a = "x" }',
    '{ $.a = "x" $.b = "y" }',
    '{ a = "x" }',
    '{ $.a = "x" } more',
    `{ $.a = "${'x'.repeat(1_024)}" }`,
  ])('cannot be %s', pattern => {
    expect(() => matches(pattern, event)).toThrow(FilterPatternError);
  });

  it('is not taken to say anything by != of a field that is not there', () => {
    expect(() => matches('{ $.d != "x" }', event)).toThrow('$.d is not there');
  });
});
