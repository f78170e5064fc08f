import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Writes built assets into a directory of their own, as a synth would leave them in cdk.out. */
export class FunctionDirectory {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async create(): Promise<FunctionDirectory> {
    return new FunctionDirectory(await mkdtemp(join(tmpdir(), 'functions-')));
  }

  /** Writes one asset and returns its directory. */
  async write(name: string, source: string, file = 'index.mjs'): Promise<string> {
    const directory = join(this.path, `asset.${name}`);
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, file), source);
    return directory;
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
