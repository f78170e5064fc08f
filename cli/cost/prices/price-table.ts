import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { CommandFailure } from '../../command-errors.ts';

const url = v.pipe(v.string(), v.url(), v.startsWith('https://'));
const amount = v.pipe(v.number(), v.minValue(0));

const price = v.pipe(
  v.strictObject({
    service: v.string(),
    /** What is paid for, in words for the table. */
    what: v.string(),
    dollars: amount,
    /** How many of the unit those dollars buy. */
    per: v.pipe(v.number(), v.minValue(1)),
    unit: v.string(),
    /** The page of AWS that says it. */
    source: url,
    /** What was read and says the same, where AWS's own page shows prices to browsers alone. */
    confirmedBy: v.optional(v.pipe(v.string(), v.nonEmpty())),
    /** Why nothing that was read confirms it. */
    unverified: v.optional(v.string()),
  }),
  v.check(
    ({ confirmedBy, unverified }) => (confirmedBy === undefined) !== (unverified === undefined),
    'A price has either confirmedBy, what was read, or unverified, the reason why there is none.',
  ),
);

const priceTable = v.pipe(
  v.strictObject({
    region: v.string(),
    /** When the prices were read. */
    read: v.pipe(v.string(), v.isoDate()),
    prices: v.record(v.string(), price),
    /** What an account has free every month, shared by several prices. */
    freeTier: v.record(v.string(), v.strictObject({ quantity: amount, prices: v.array(v.string()) })),
  }),
  v.check(
    ({ prices, freeTier }) =>
      Object.values(freeTier)
        .flatMap(free => free.prices)
        .every(id => id in prices),
    'The free tier names a price that the table does not have.',
  ),
);

export type Price = v.InferOutput<typeof price>;
export type PriceTable = v.InferOutput<typeof priceTable>;

/** Regions that there is a table of. */
export function pricedRegions(): readonly string[] {
  return readdirSync(import.meta.dirname)
    .filter(file => file.endsWith('.json'))
    .map(file => file.slice(0, -'.json'.length));
}

/** @throws CommandFailure where there is no table of the region, or it is not one. */
export function readPriceTable(region: string): PriceTable {
  const file = join(import.meta.dirname, `${region}.json`);
  if (!pricedRegions().includes(region) || !existsSync(file)) {
    throw new CommandFailure(
      `There are no prices of ${region}: there are those of ${pricedRegions().join(', ')}. ` +
        `Add cli/cost/prices/${region}.json with every price of the table that there is, and its source.`,
    );
  }
  return parsePriceTable(JSON.parse(readFileSync(file, 'utf8')), file);
}

/** @throws CommandFailure that says what is wrong, and where. */
export function parsePriceTable(document: unknown, file: string): PriceTable {
  const { success, output, issues } = v.safeParse(priceTable, document);
  if (success) return output;
  const faults = issues.map(issue => `  ${v.getDotPath(issue) ?? 'the table'}: ${issue.message}`);
  throw new CommandFailure(`${file} is not a price table:\n${faults.join('\n')}`);
}

/** @throws CommandFailure naming what the table lacks. */
export function priceOf(table: PriceTable, id: string): Price {
  const found = table.prices[id];
  if (!found) {
    throw new CommandFailure(
      `The prices of ${table.region} have none named ${id}. Add it to cli/cost/prices/${table.region}.json, with the page that says it.`,
    );
  }
  return found;
}
