import { cpSync, existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { buildSync, type Metafile } from 'esbuild';

const repository = resolve(import.meta.dirname, '../../..');

/** Where the worker's sources lie. */
export const workerFolder = join(repository, 'worker');

/** The worker's program in its bundle. */
export const workerProgram = 'main.mjs';

/**
 * How a bundle is started. Without native add-ons: the picture library then takes its WebAssembly, which is
 * the same on every machine and cannot leave its sandbox, whatever a stranger's picture does to a decoder.
 */
export const workerFlags = ['--no-addons'] as const;

/**
 * Packages that are shipped as they are, since they read files of their own: the picture library, what it
 * runs on, and the typeface.
 */
export const shippedPackages = ['sharp', '@img/sharp-wasm32', '@fontsource/anton'] as const;

/**
 * Bundles the worker: one program with the AWS SDK inside, since Amazon Linux has Node.js but no SDK, and
 * beside it the {@link shippedPackages} with all that they need. Nothing of it depends on the machine that
 * it is bundled on.
 *
 * @param directory where it is put.
 * @returns what the program is made of.
 * @throws Error when there is no program, it cannot be bundled, or a package is not installed.
 */
export function bundleWorker(directory: string): Metafile {
  const entry = join(workerFolder, 'main.ts');
  if (!existsSync(entry)) throw new Error('There is no worker/main.ts, the program that fleets run.');
  const made = bundleProgram(entry, join(directory, workerProgram));
  for (const [name, folder] of withDependencies(shippedPackages)) {
    cpSync(folder, join(directory, 'node_modules', name), { recursive: true });
  }
  return made;
}

/** Bundles a worker's entry point as {@link bundleWorker} does, without the packages beside it. */
export function bundleProgram(entry: string, outfile: string): Metafile {
  const { metafile } = buildSync({
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // The SDK's ES modules: its CommonJS ones are half as large again.
    mainFields: ['module', 'main'],
    // The form that Node.js itself imports: the ES module has other exports, and no default.
    alias: { 'opentype.js': 'opentype.js/dist/opentype.js' },
    external: [...shippedPackages],
    // Packages of the older module system inside the bundle ask for Node's own modules by `require`.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    metafile: true,
    absWorkingDir: repository,
    logLevel: 'error',
  });
  return metafile;
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** Folders of packages and of whatever they need, by name; what is optional is for one platform alone. */
function withDependencies(names: readonly string[]): ReadonlyMap<string, string> {
  const folders = new Map<string, string>();
  const add = (name: string, neededBy: string) => {
    const folder = folderOf(name, neededBy);
    // Inside a package that is copied, it is copied along.
    if (folders.has(name) || folder.startsWith(join(neededBy, 'node_modules'))) return;
    folders.set(name, folder);
    const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
    for (const dependency of Object.keys(dependencies)) add(dependency, folder);
  };
  for (const name of names) add(name, workerFolder);
  return folders;
}

/** The folder of a package as Node.js finds it from another one. */
function folderOf(name: string, from: string): string {
  for (let at = from; ; at = dirname(at)) {
    const folder = join(at, 'node_modules', name);
    if (existsSync(folder)) return folder;
    if (at === dirname(at)) throw new Error(`The package ${name} is not installed. Run npm ci.`);
  }
}
