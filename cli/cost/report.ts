import { textTable, wholeNames } from '../terminal/text-table.ts';
import type { Estimate, Line } from './estimate.ts';
import { type PriceTable, priceOf } from './prices/price-table.ts';
import type { Saving } from './savings.ts';

export interface SystemReport {
  readonly estimate: Estimate;
  readonly savings: readonly Saving[];
}

export interface ReportHead {
  readonly stage: string;
  readonly unitsPerDay: number;
  readonly freeTier: boolean;
  readonly prices: PriceTable;
}

const titles = ['SERVICE', 'WHAT', 'QUANTITY', 'PRICE', 'DOLLARS'];

/** The estimate in words and tables. */
export function reportText(systems: readonly SystemReport[], head: ReportHead): string {
  const { prices, stage, freeTier } = head;
  const parts = [
    `Estimate for a month of 730 hours in ${prices.region}, stage ${stage}; prices read on ${prices.read}, without tax; ` +
      `${freeTier ? 'the free tier of one account is taken off' : 'no free tier (--free-tier takes it off)'}.`,
    ...systems.map(system => systemText(system, head)),
  ];
  if (systems.length > 1) {
    const total = systems.reduce((sum, { estimate }) => sum + estimate.total, 0);
    parts.push(`All ${systems.length} systems: ${dollars(total)} a month.`);
  }
  const notes = unverified(systems, prices);
  if (notes.length > 0) parts.push(`* unverified:\n${notes.join('\n')}`);
  return parts.join('\n\n');
}

function systemText({ estimate, savings }: SystemReport, { unitsPerDay, prices }: ReportHead): string {
  const { system, unit, means, lines, standing, active, traffic, total, perMillion } = estimate;
  const load =
    unit === undefined ? 'no traffic profile: standing still only' : `${unitsPerDay} a day: ${means}`;
  const rows = lines.map(line => [
    line.service,
    line.what,
    `${quantity(line.quantity)} ${line.unit}${line.free > 0 ? ` (${quantity(line.free)} free)` : ''}`,
    priceText(line, prices),
    dollars(line.dollars),
  ]);
  return [
    `${system}, ${load}`,
    textTable(titles, rows, wholeNames),
    `Standing still ${dollars(standing)}` +
      (unit === undefined
        ? ''
        : `, metrics once there is traffic ${dollars(active)}, traffic ${dollars(traffic)}: ${dollars(total)} a month`) +
      (perMillion === undefined
        ? '.'
        : `; at this rate ${dollars(perMillion)} for a million, counted by the ${unit}.`),
    ...savings.map(
      ({ by, ratio, dollars: saved }) =>
        `  saved by ${by}: ${dollars(saved)}, 1 request for ${ratio.toFixed(1)}`,
    ),
  ].join('\n');
}

function priceText({ price: id }: Line, prices: PriceTable): string {
  const { dollars: amount, per, unverified: mark } = priceOf(prices, id);
  const each = per === 1 ? 'each' : `per ${per.toLocaleString('en-US')}`;
  return `$${amount} ${each}${mark === undefined ? '' : ' *'}`;
}

function unverified(systems: readonly SystemReport[], prices: PriceTable): string[] {
  const ids = new Set(systems.flatMap(({ estimate }) => estimate.lines.map(({ price }) => price)));
  return [...ids].flatMap(id => {
    const { service, what, source, unverified: reason } = priceOf(prices, id);
    return reason === undefined ? [] : [`  ${service}, ${what}: ${reason} (${source})`];
  });
}

export function dollars(amount: number): string {
  return `$${amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

function quantity(amount: number): string {
  return amount.toLocaleString('en-US', { maximumFractionDigits: amount < 10 ? 3 : 0 });
}
