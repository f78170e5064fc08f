import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '../..');
const simulator = '@cloud-copilot';

function sourcesIn(folder: string): string[] {
  return readdirSync(join(repository, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && /\.(ts|mts|mjs|js)$/.test(entry.name))
    .map(entry => relative(repository, join(entry.parentPath, entry.name)));
}

function importersAmong(files: readonly string[]): readonly string[] {
  const imports = new RegExp(`(from|import|require)\\s*\\(?\\s*['"]${simulator}/`);
  return files.filter(file => imports.test(readFileSync(join(repository, file), 'utf8')));
}

// The simulator is under the AGPL, whose terms would extend to what is distributed with it.
describe('the policy simulator', () => {
  it('is imported by what supports the policy tests, and by nothing else', () => {
    const folders = readdirSync(repository, { withFileTypes: true })
      .filter(entry => entry.isDirectory() && !/^(\.|node_modules$|cdk\.out)/.test(entry.name))
      .map(entry => entry.name);
    expect(folders).toEqual(expect.arrayContaining(['bin', 'lambda', 'lib', 'local', 'test']));
    expect(importersAmong(folders.flatMap(sourcesIn)).toSorted()).toEqual([
      'test/support/policy/evaluation.ts',
      'test/support/policy/reach.ts',
    ]);
  });

  it('is installed for development alone', () => {
    const { dependencies, devDependencies } = JSON.parse(
      readFileSync(join(repository, 'package.json'), 'utf8'),
    ) as Record<string, Record<string, string>>;
    expect(Object.keys(dependencies ?? {}).filter(name => name.startsWith(simulator))).toEqual([]);
    expect(Object.keys(devDependencies ?? {})).toContain(`${simulator}/iam-simulate`);
  });
});
