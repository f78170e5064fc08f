import type { Construct } from 'constructs';
import { placeName } from '../place-name.ts';
import { validateProps } from '../validation.ts';

/**
 * Name of a fleet from its place in the tree, `video-processing-back-end`. Its instances must know the
 * name before there is a group to ask, and their role names it before they start.
 *
 * @throws PropsError when the name has more than 128 characters.
 */
export function fleetName(scope: Construct, id: string): string {
  const name = placeName(scope, id);
  validateProps(scope, id, [
    {
      prop: 'fleet name',
      value: name,
      holds: name.length <= 128,
      allowed: 'up to 128 characters',
      remedy: 'Give the construct, or those around it, a shorter id.',
    },
  ]);
  return name;
}
