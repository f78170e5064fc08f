import { inspect } from 'node:util';
import type { TemplateJson } from './synthesized-app.ts';

/**
 * A template as a snapshot keeps it: short enough to be read when it changes. Hashes of assets change
 * with every commit and are masked; tags are left out, another test has all of them.
 */
export function templatePicture(template: TemplateJson): string {
  return inspect(compared(template), {
    depth: null,
    compact: 6,
    breakLength: 120,
    maxArrayLength: null,
    maxStringLength: null,
  });
}

/**
 * What another stage has otherwise, a line for each value: `path: here → there`. A resource that only one of them
 * has is one value.
 */
export function templateDifferences(here: TemplateJson, there: TemplateJson): string {
  const [before, after] = [leavesOf(compared(here), there), leavesOf(compared(there), here)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter(path => before.get(path) !== after.get(path))
    .map(path => `${path}: ${before.get(path) ?? 'nothing'} → ${after.get(path) ?? 'nothing'}`)
    .join('\n');
}

/** Compared are sections that a stack decides on; the others are the CLI's, and the same everywhere. */
function compared({ Parameters, Resources, Outputs }: TemplateJson): unknown {
  const { BootstrapVersion, ...parameters } = Parameters ?? {};
  const text = JSON.stringify({ Parameters: parameters, Resources, Outputs }, (name, value) =>
    name === 'Tags' ? undefined : value,
  );
  return JSON.parse(text.replace(/\b[0-9a-f]{64}\b/g, '<hash>'));
}

function leavesOf(value: unknown, other: TemplateJson, path = ''): Map<string, string> {
  const [, resource] = /^Resources\.(\w+)$/.exec(path) ?? [];
  const isAlone = resource !== undefined && !(resource in other.Resources);
  if (isAlone || typeof value !== 'object' || value === null) return new Map([[path, JSON.stringify(value)]]);
  return new Map(
    Object.entries(value).flatMap(([name, inner]) => [
      ...leavesOf(inner, other, path ? `${path}.${name}` : name),
    ]),
  );
}
