import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Finds a program in the folders given first, then in those of PATH; undefined where it is not installed. */
export function installedProgram(
  name: string,
  folders: readonly string[],
  path = process.env.PATH ?? '',
): string | undefined {
  return [...folders, ...path.split(delimiter).filter(Boolean)]
    .map(folder => join(folder, name))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
