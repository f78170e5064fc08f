import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { delimiter, join, relative } from 'node:path';
import { cdkJsonContext } from '../support/synthesized-app.ts';
import { repository, temporaryDirectory } from '../support/temporary-directory.ts';

/** Of a machine that does much else: each of these takes a second or three. */
const patience = 60_000;

interface Ended {
  readonly code: number;
  readonly output: string;
}

/** Runs a program from the repository's root, with no AWS credentials, region or home to find them in. */
function run(file: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const { PATH, SystemRoot, TEMP } = process.env;
  const bin = join(repository, 'node_modules', '.bin');
  const env = {
    PATH: [bin, PATH].join(delimiter),
    HOME: temporaryDirectory(),
    CI: 'true',
    ...(SystemRoot && { SystemRoot }),
    ...(TEMP && { TEMP }),
    ...environment,
  };
  return new Promise(resolve => {
    const child = execFile(file, args, { cwd: repository, env }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr });
    });
  });
}

/** Synthesizes as the CLI does, but for validation, and says where. */
async function synthesize(): Promise<string> {
  const directory = temporaryDirectory();
  const { code, output } = await run(process.execPath, ['bin/app.ts'], {
    CDK_OUTDIR: directory,
    CDK_CONTEXT_JSON: JSON.stringify(cdkJsonContext()),
    CDK_VALIDATION: 'false',
  });
  expect({ code, output }).toEqual({ code: 0, output: expect.not.stringContaining('Error') });
  return directory;
}

const cdk = (...args: string[]) =>
  run(process.execPath, [
    join(repository, 'node_modules', 'aws-cdk', 'bin', 'cdk'),
    ...args,
    '--no-notices',
    '--no-color',
  ]);

function filesIn(directory: string): ReadonlyMap<string, string> {
  return new Map(
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name))
      .map((path): [string, string] => [relative(directory, path), readFileSync(path, 'utf8')])
      .sort(),
  );
}

describe('synth', () => {
  let files: ReadonlyMap<string, string>;
  let filesOfAnother: ReadonlyMap<string, string>;

  beforeAll(async () => {
    const [directory, another] = await Promise.all([synthesize(), synthesize()]);
    files = filesIn(directory);
    filesOfAnother = filesIn(another);
  }, patience);

  it('makes the same bytes each time, bundles and all', () => {
    expect([...files.keys()]).toEqual(
      expect.arrayContaining(['manifest.json', 'order-processing.template.json']),
    );
    expect([...filesOfAnother.keys()]).toEqual([...files.keys()]);
    for (const [path, content] of files) expect([path, filesOfAnother.get(path)]).toEqual([path, content]);
  });

  it('gives each function a bundle of its own', () => {
    const bundles = [...files].filter(([path]) => /^asset\.[0-9a-f]+.index\.mjs$/.test(path));
    expect(bundles.length).toBeGreaterThanOrEqual(4);
    expect(new Set(bundles.map(([, code]) => code)).size).toBe(bundles.length);
  });

  it('puts nothing of the machine into what is deployed', () => {
    const deployed = [...files].filter(([path]) => /\.(mjs|template\.json|assets\.json)$/.test(path));
    expect(deployed.length).toBeGreaterThan(0);
    for (const [path, content] of deployed) {
      expect([path, content.includes(repository)]).toEqual([path, false]);
    }
  });
});

describe('cdk synth', () => {
  it(
    'passes, validation and all, without credentials',
    async () => {
      const directory = temporaryDirectory();
      expect(await cdk('synth', '--quiet', '--output', directory)).toMatchObject({ code: 0 });
      expect(readdirSync(directory)).toContain('order-processing.template.json');
    },
    patience,
  );

  it(
    'fails on the findings of each engine',
    async () => {
      const { code, output } = await cdk(
        'synth',
        '--quiet',
        '--app',
        'node test/bin/fixtures/unsound-app.ts',
        '--output',
        temporaryDirectory(),
      );
      expect(code).toBe(1);
      for (const engine of ['CloudFormation Validate', 'AwsSolutions', 'Serverless', 'Messaging']) {
        expect(output).toMatch(new RegExp(`ERROR .*\\(${engine}`));
      }
    },
    patience,
  );

  it(
    'fails when there is no such stage, and says which there are',
    async () => {
      const { code, output } = await cdk(
        'synth',
        '--quiet',
        '-c',
        'stage=nope',
        '--output',
        temporaryDirectory(),
      );
      expect(code).toBe(1);
      expect(output).toContain('stage is "nope"; allowed: dev, prod. Give one with -c stage=dev.');
      // The sentence is what helps, not the place in the code that found it.
      expect(output).not.toMatch(/^\s+at /m);
    },
    patience,
  );
});
