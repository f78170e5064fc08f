import { readAssembly } from '../../../local/assembly/cloud-assembly.ts';
import { parseLoad } from '../../../local/simulation/load.ts';
import { defaultAssumptions, simulate } from '../../../local/simulation/simulation.ts';
import { summarize } from '../../../local/simulation/summary.ts';
import { readFleets } from '../../../local/simulation/template-fleets.ts';
import { synthesizedApp } from '../../support/synthesized-app.ts';

const minute = 60;
const burst = parseLoad('1000@t0,10/min');

const stacks = readAssembly(synthesizedApp('dev').app.outdir);

/** The burst on the fleet of a system as it is synthesized. */
function play(system: string, fleetName: string, timePerMessage: number, seed: number) {
  const fleet = readFleets(stacks, system).find(({ name }) => name.includes(fleetName));
  if (fleet === undefined) throw new Error(`${system} has no fleet ${fleetName}`);
  const assumptions = { ...defaultAssumptions(fleet.platform), timePerMessage };
  const result = simulate({ fleet, load: burst, until: 180 * minute, seed, assumptions });
  return { ...result, summary: summarize(fleet, burst, result, 10 * minute) };
}

/** In the pages of the systems: what a burst of 1,000 takes where 10 a minute are usual. */
describe.each([
  ['video-processing', 'front-end', 1, 2 * minute],
  ['video-processing', 'back-end', minute, 35 * minute],
  ['container-workers', 'Workers', minute, 35 * minute],
])('%s, %s', (system, fleet, timePerMessage, promise) => {
  it.each([1, 2, 3])('is done with a burst within what its page says, and loses nothing: %d', seed => {
    const { burstsDoneAt, cutOff, deadLettered, receivedAgain } = play(system, fleet, timePerMessage, seed);
    expect(burstsDoneAt[0]).toBeLessThan(promise);
    expect({ cutOff, deadLettered, receivedAgain }).toEqual({ cutOff: 0, deadLettered: 0, receivedAgain: 0 });
  });
});
