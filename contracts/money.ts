import * as v from 'valibot';

/** Currencies an order may be in, with the number of decimals of their minor unit (ISO 4217). */
export const currencyDecimals = { EUR: 2, GBP: 2, JPY: 0, USD: 2 } as const;

export type Currency = keyof typeof currencyDecimals;

export const currency = v.picklist(Object.keys(currencyDecimals) as Currency[]);

/** Amount in a currency's minor unit (cents): an integer, so that sums are exact. */
export const minorUnits = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** A decimal amount as people write it: `99.99` or `"99.99"`, never negative. */
export const decimalAmount = v.pipe(
  v.union(
    [v.string(), v.pipe(v.number(), v.finite())],
    'Invalid amount: expected a decimal number such as 99.99',
  ),
  v.transform(String),
  v.regex(/^\d{1,12}(\.\d{1,3})?$/, 'Invalid amount: expected a decimal number such as 99.99'),
);

/**
 * A decimal amount in minor units, by its digits: `99.99` EUR is 9999. No floating-point arithmetic.
 *
 * @returns undefined where the amount has more decimals than the currency.
 */
export function toMinorUnits(amount: string, inCurrency: Currency): number | undefined {
  const decimals = currencyDecimals[inCurrency];
  const [whole = '', fraction = ''] = amount.split('.');
  const significant = fraction.replace(/0+$/, '');
  if (significant.length > decimals) return undefined;
  return Number(whole + significant.padEnd(decimals, '0'));
}

/** The inverse, for people: 9999 EUR is `99.99 EUR`. */
export function formatMinorUnits(amount: number, inCurrency: Currency): string {
  const decimals = currencyDecimals[inCurrency];
  const digits = String(amount).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  return decimals === 0 ? `${whole} ${inCurrency}` : `${whole}.${digits.slice(-decimals)} ${inCurrency}`;
}
