import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface LockedPackage {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly resolved?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
}

const lockFile = JSON.parse(readFileSync(join(import.meta.dirname, '../package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, LockedPackage>>;
};
const packages = Object.entries(lockFile.packages);
const locked = new Set(packages.map(([path]) => path.split('node_modules/').at(-1)));

/** Packages that what is deployed may hold, by their licence. */
function shippedUnder(licences: RegExp): string[] {
  return packages
    .filter(([, { license = '' }]) => licences.test(license) && !/\bOR\b/.test(license))
    .filter(([, { dev, devOptional }]) => !dev && !devOptional)
    .map(([path]) => path);
}

/** Where developers work and CI runs. */
const platforms = ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64', 'win32-x64'];

describe('the lock file', () => {
  it.each(platforms)('holds the binaries of every package for %s', platform => {
    const wanted = packages
      .flatMap(([, { optionalDependencies = {} }]) => Object.keys(optionalDependencies))
      .filter(name => name.endsWith(platform) || name.includes(`${platform}-`))
      .filter(name => !name.includes('musl'));

    expect(wanted.length).toBeGreaterThan(3);
    expect(wanted.filter(name => !locked.has(name))).toEqual([]);
  });

  it('names no registry host, so that any registry serves it', () => {
    expect(packages.filter(([, { resolved }]) => resolved?.startsWith('http'))).toEqual([]);
  });

  it('holds no copyleft licence outside what development alone needs', () => {
    expect(shippedUnder(/(?<!L)GPL|SSPL|EUPL/)).toEqual([]);
  });

  it('holds weak copyleft in the picture library alone, which ships unchanged and in a file of its own', () => {
    expect(shippedUnder(/LGPL|MPL/).filter(path => !path.startsWith('node_modules/@img/sharp-'))).toEqual([]);
  });
});
