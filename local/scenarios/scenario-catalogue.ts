import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Scenario } from './scenario.ts';

/** The scenario of a system: the file of its name beside this one. A system without one just runs. */
export async function scenarioOf(system: string): Promise<Scenario | undefined> {
  const file = join(import.meta.dirname, `${system}.ts`);
  if (!existsSync(file)) return undefined;
  const { scenario } = (await import(pathToFileURL(file).href)) as { readonly scenario: Scenario };
  return scenario;
}
