import type { Charge, ChargeKind } from './charge.ts';
import { customMetrics } from './models/custom-metrics.ts';
import { modelOf } from './models/models.ts';
import { FreeTier } from './prices/free-tier.ts';
import { type PriceTable, priceOf } from './prices/price-table.ts';
import { daysPerMonth, type Overrides } from './settings.ts';
import type { SystemTemplate } from './templates.ts';
import { MessageFlow } from './traffic/message-flow.ts';
import { checkNames } from './traffic/named-resources.ts';
import type { TrafficProfile } from './traffic/profile.ts';

/** What is paid for one thing in a month. */
export interface Line {
  readonly price: string;
  readonly kind: ChargeKind;
  readonly service: string;
  readonly what: string;
  readonly unit: string;
  readonly quantity: number;
  /** Of that, what the free tier takes. */
  readonly free: number;
  readonly dollars: number;
}

export interface Estimate {
  readonly system: string;
  /** What is counted; undefined for a system that has no traffic of its own, or none that anybody described. */
  readonly unit: string | undefined;
  readonly means: string | undefined;
  readonly unitsPerMonth: number;
  readonly lines: readonly Line[];
  readonly standing: number;
  /** What is paid by the month as soon as there is traffic. */
  readonly active: number;
  readonly traffic: number;
  readonly total: number;
  /** Dollars for a million units, at this rate. */
  readonly perMillion: number | undefined;
}

export interface EstimateOptions {
  readonly template: SystemTemplate;
  readonly profile: TrafficProfile | undefined;
  readonly unitsPerDay: number;
  readonly prices: PriceTable;
  /** @default - nothing is free */
  readonly freeTier?: FreeTier;
  /** @default - as the template says */
  readonly overrides?: Overrides;
}

/**
 * What a system costs in a month.
 *
 * @throws CommandFailure for a resource without a model, a price that is missing, or a profile that names what is
 * not in the template.
 */
export function estimate(options: EstimateOptions): Estimate {
  const { template, profile, unitsPerDay, prices, freeTier = new FreeTier({}), overrides = {} } = options;
  if (profile) checkNames(profile, template);
  const unitsPerMonth = profile ? unitsPerDay * daysPerMonth : 0;
  const flow = new MessageFlow(template, profile, unitsPerMonth, overrides);
  const charges = [
    ...template.resources.flatMap(resource => modelOf(resource, template.name)(resource, flow)),
    ...customMetrics(flow),
  ];
  const lines = added(charges).map(charge => lineOf(charge, prices, freeTier));
  const [standing, active, traffic] = (['standing', 'active', 'traffic'] as const).map(kind =>
    sum(lines.filter(line => line.kind === kind)),
  ) as [number, number, number];
  return {
    system: template.name,
    unit: profile?.unit,
    means: profile?.means,
    unitsPerMonth,
    lines,
    standing,
    active,
    traffic,
    total: standing + active + traffic,
    perMillion: unitsPerMonth > 0 ? (traffic / unitsPerMonth) * 1_000_000 : undefined,
  };
}

/** Charges of one price and kind together, what stands first. */
function added(charges: readonly Charge[]): readonly Charge[] {
  const sums = new Map<string, Charge>();
  for (const charge of charges) {
    const key = `${charge.kind} ${charge.price}`;
    sums.set(key, { ...charge, quantity: charge.quantity + (sums.get(key)?.quantity ?? 0) });
  }
  const kinds: readonly ChargeKind[] = ['standing', 'active', 'traffic'];
  return kinds.flatMap(kind =>
    [...sums.values()].filter(charge => charge.kind === kind && charge.quantity > 0),
  );
}

function lineOf({ price: id, kind, quantity }: Charge, prices: PriceTable, freeTier: FreeTier): Line {
  const { service, what, unit, dollars, per } = priceOf(prices, id);
  const free = freeTier.take(id, quantity);
  return {
    price: id,
    kind,
    service,
    what,
    unit,
    quantity,
    free,
    dollars: ((quantity - free) * dollars) / per,
  };
}

function sum(lines: readonly Line[]): number {
  return lines.reduce((total, { dollars }) => total + dollars, 0);
}
