import { AssemblyError } from '../assembly/assembly-error.ts';
import type { StackTemplate } from '../assembly/template.ts';
import type { SimulateOptions } from './command-line.ts';
import type { FleetModel } from './fleet-model.ts';
import { lastChange } from './load.ts';
import { type Assumptions, defaultAssumptions, type SimulationResult, simulate } from './simulation.ts';
import { type Summary, summarize } from './summary.ts';
import { readFleets } from './template-fleets.ts';

/** A fleet, and what came of playing a load on it. */
export interface Play {
  readonly model: FleetModel;
  readonly assumptions: Assumptions;
  readonly until: number;
  readonly result: SimulationResult;
  readonly summary: Summary;
}

const leastPlayed = 6 * 3_600;
const playedOn = 3 * 3_600;

/** Plays the load on each fleet of the stack, by itself. */
export function playFleets(
  stacks: readonly StackTemplate[],
  options: Omit<SimulateOptions, 'loadText' | 'svg' | 'json' | 'assembly' | 'context'>,
): readonly Play[] {
  const all = readFleets(stacks, options.stack);
  const fleets = all.filter(({ name }) => name.includes(options.fleet ?? ''));
  if (fleets.length === 0) {
    throw new AssemblyError(
      `No fleet of ${options.stack} has "${options.fleet}" in its name. It has: ${all.map(({ name }) => name).join(', ')}.`,
    );
  }
  const until = options.until ?? Math.max(leastPlayed, lastChange(options.load) + playedOn);
  return fleets.map(model => {
    const usual = defaultAssumptions(model.platform);
    const assumptions = {
      ...usual,
      boot: options.boot ?? usual.boot,
      timePerMessage: options.timePerMessage ?? usual.timePerMessage,
      timeSpread: options.spread ?? usual.timeSpread,
    };
    const { load, seed, flapWindow } = options;
    const result = simulate({ fleet: model, load, until, seed, assumptions });
    return { model, assumptions, until, result, summary: summarize(model, load, result, flapWindow) };
  });
}
