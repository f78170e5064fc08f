import fc from 'fast-check';
import * as v from 'valibot';
import {
  type Currency,
  currencyDecimals,
  decimalAmount,
  formatMinorUnits,
  toMinorUnits,
} from '../../contracts/money.ts';

describe('toMinorUnits', () => {
  it.each([
    ['99.99', 'EUR', 9_999],
    ['0.29', 'USD', 29],
    ['150.0', 'USD', 15_000],
    ['150', 'USD', 15_000],
    ['1.5', 'GBP', 150],
    ['1.500', 'GBP', 150],
    ['1200', 'JPY', 1_200],
    ['1200.0', 'JPY', 1_200],
    ['0', 'EUR', 0],
    ['999999999999.99', 'EUR', 99_999_999_999_999],
  ] as const)('makes %s %s %i', (amount, currency, minor) => {
    expect(toMinorUnits(amount, currency)).toBe(minor);
  });

  it.each([
    ['1.999', 'EUR'],
    ['1.5', 'JPY'],
  ] as const)('makes nothing of %s %s: so little there is not', (amount, currency) => {
    expect(toMinorUnits(amount, currency)).toBeUndefined();
  });

  it('is the inverse of how amounts are written', () => {
    const currencies = fc.constantFrom(...(Object.keys(currencyDecimals) as Currency[]));

    fc.assert(
      fc.property(fc.nat({ max: 99_999_999_999_999 }), currencies, (minor, currency) => {
        const [amount = ''] = formatMinorUnits(minor, currency).split(' ');
        expect(toMinorUnits(amount, currency)).toBe(minor);
      }),
    );
  });
});

describe('formatMinorUnits', () => {
  it.each([
    [9_999, 'EUR', '99.99 EUR'],
    [5, 'USD', '0.05 USD'],
    [0, 'GBP', '0.00 GBP'],
    [1_200, 'JPY', '1200 JPY'],
  ] as const)('writes %i %s as %s', (minor, currency, text) => {
    expect(formatMinorUnits(minor, currency)).toBe(text);
  });
});

describe('decimalAmount', () => {
  it.each([[99.99], ['99.99'], [150], [0.1]])('takes %j', amount => {
    expect(v.parse(decimalAmount, amount)).toBe(String(amount));
  });

  it.each([
    [-1],
    ['-1'],
    [Number.NaN],
    [1e21],
    [0.1 + 0.2],
    ['1,50'],
    ['1.'],
    ['.5'],
    [''],
    [' 1'],
    [null],
    [[1]],
  ])('refuses %j, and says what it expects', amount => {
    expect(() => v.parse(decimalAmount, amount)).toThrow(/decimal number such as 99\.99/);
  });
});
