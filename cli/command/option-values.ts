import { InvalidArgumentError } from 'commander';
import { localEndpoint } from '../aws/connection.ts';

/** Reads a whole number within bounds. */
export function wholeNumber(smallest: number, largest: number): (text: string) => number {
  return text => {
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < smallest || number > largest) {
      throw new InvalidArgumentError(`Allowed is a whole number from ${smallest} to ${largest}.`);
    }
    return number;
  };
}

export function httpUrl(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) {
    throw new InvalidArgumentError(`Allowed is a URL such as ${localEndpoint}.`);
  }
  return text;
}

const secondsPer: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, min: 60, h: 3_600, d: 86_400 };

/** Reads `30`, `30s`, `15m`, `4h`, `2d` as seconds, within bounds. */
export function seconds(smallest: number, largest: number): (text: string) => number {
  return text => {
    const [, count, unit = ''] = /^(\d+)(s|m|min|h|d)?$/.exec(text) ?? [];
    const total = Number(count) * (secondsPer[unit] ?? Number.NaN);
    if (!(total >= smallest && total <= largest)) {
      throw new InvalidArgumentError(
        `Allowed is a time such as 30s, 15m, 4h or 2d, from ${smallest} to ${largest} seconds.`,
      );
    }
    return total;
  };
}

/** Collects `name=value` into a record. */
export function nameAndValue(
  text: string,
  earlier: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('Allowed is name=value.');
  return { ...earlier, [text.slice(0, equals)]: text.slice(equals + 1) };
}

/** Collects the values of an option that is given several times. */
export function repeated(text: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, text];
}
