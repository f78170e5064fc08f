import type { FleetModel } from '../../../local/simulation/fleet-model.ts';
import { parseLoad } from '../../../local/simulation/load.ts';
import { type Assumptions, defaultAssumptions, simulate } from '../../../local/simulation/simulation.ts';
import { summarize } from '../../../local/simulation/summary.ts';

export const minute = 60;
export const hour = 60 * minute;
/** In docs/scaling-simulation.md: 1,000 videos of a minute, where 10 a minute are usual. */
export const promise = 35 * minute;
export const burst = '1000@t0,10/min';
/** Of what AWS does not say, the other readings. */
export const readings: Readonly<Record<string, Partial<Assumptions>>> = {
  'as assumed': {},
  'scaling in from 70% of the target': { lowShare: 0.7 },
  'scaling in one by one': { mostRemoved: 1 },
  'metrics that take two minutes': { metricDelay: 120 },
};

interface Circumstances {
  readonly hours?: number;
  readonly seed?: number;
  readonly assumptions?: Partial<Assumptions>;
}

export function play(
  fleet: FleetModel,
  loadText: string,
  { hours = 6, seed = 1, assumptions }: Circumstances = {},
) {
  const load = parseLoad(loadText);
  const result = simulate({
    fleet,
    load,
    until: hours * hour,
    seed,
    assumptions: { ...defaultAssumptions(fleet.platform), ...assumptions },
  });
  return { ...result, summary: summarize(fleet, load, result, 10 * minute) };
}
