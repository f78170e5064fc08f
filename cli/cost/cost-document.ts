import type { ReportHead, SystemReport } from './report.ts';

/** The estimate for machines. */
export function costDocument(systems: readonly SystemReport[], head: ReportHead): object {
  const { prices, stage, unitsPerDay, freeTier } = head;
  return {
    region: prices.region,
    pricesRead: prices.read,
    stage,
    unitsPerDay,
    freeTier,
    systems: systems.map(({ estimate, savings }) => ({
      ...estimate,
      lines: estimate.lines.map(line => ({ ...line, unverified: prices.prices[line.price]?.unverified })),
      savings,
    })),
    total: systems.reduce((sum, { estimate }) => sum + estimate.total, 0),
  };
}
