import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Scenario } from './scenario.ts';

/** The scenario of a system, from the folder of its name beside this file. A system without one just runs. */
export async function scenarioOf(system: string): Promise<Scenario | undefined> {
  const file = scenarioFile(system);
  if (!existsSync(file)) return undefined;
  const { scenario } = (await import(pathToFileURL(file).href)) as { readonly scenario: Scenario };
  return scenario;
}

/** Systems that have a scenario, by name. */
export function systemsWithScenario(): string[] {
  return readdirSync(import.meta.dirname)
    .filter(name => existsSync(scenarioFile(name)))
    .sort();
}

function scenarioFile(system: string): string {
  return join(import.meta.dirname, system, 'scenario.ts');
}
