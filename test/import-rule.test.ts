import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repository, temporaryDirectory } from './support/temporary-directory.ts';

/** What may not be imported, by the file that tries to. */
const refused: Readonly<Record<string, readonly string[]>> = {
  'contracts/orders.ts': [
    '../lambda/shared/failures.ts',
    '../worker/main.ts',
    '../lib/config/stage.ts',
    '../bin/systems.ts',
    '../local/main.ts',
    '../cli/redrive.ts',
    '@aws-sdk/client-sqs',
    '@aws-lambda-powertools/logger',
    'aws-cdk-lib',
    'aws-cdk-lib/aws-sqs',
    'aws-lambda',
  ],
  'lambda/orders/payment.ts': [
    '../../lib/config/stage.ts',
    '../../worker/main.ts',
    '../../bin/systems.ts',
    '../../local/main.ts',
    '../../cli/redrive.ts',
    'aws-cdk-lib',
    'aws-cdk-lib/aws-sqs',
    'constructs',
  ],
  'lambda/orders/domain/charge.ts': [
    '../../shared/failures.ts',
    '../../../lib/config/stage.ts',
    '../../../worker/main.ts',
    '../../../local/main.ts',
    '@aws-sdk/client-dynamodb',
    '@aws-lambda-powertools/logger',
    'aws-cdk-lib',
    'aws-lambda',
    'node:process',
    'node:fs',
  ],
  'worker/main.ts': [
    '../lambda/shared/failures.ts',
    '../web/shared/failures.ts',
    '../lib/config/stage.ts',
    '../local/main.ts',
    '../cli/redrive.ts',
    'aws-cdk-lib/aws-sqs',
  ],
  'web/orders/main.ts': [
    '../../lambda/shared/failures.ts',
    '../../worker/failures.ts',
    '../../lib/config/stage.ts',
    '../../local/main.ts',
    'aws-cdk-lib/aws-sqs',
  ],
  'lib/stacks/orders-stack.ts': [
    '../../lambda/orders/payment.ts',
    '../../worker/main.ts',
    '../../web/orders/main.ts',
    '../../bin/systems.ts',
    '../../local/main.ts',
    '../../cli/redrive.ts',
    '@aws-sdk/client-sqs',
    '@aws-lambda-powertools/logger',
  ],
  'bin/app.ts': ['../lambda/orders/payment.ts', '../worker/main.ts', '../local/main.ts', '../cli/redrive.ts'],
  'local/main.ts': [
    '../lib/config/stage.ts',
    '../lambda/orders/payment.ts',
    '../worker/main.ts',
    '../bin/systems.ts',
    '../cli/redrive.ts',
    'aws-cdk-lib',
    'aws-cdk-lib/aws-sqs',
    'aws-cdk-lib/assertions',
    'constructs',
  ],
  'cli/redrive.ts': [
    '../lib/config/stage.ts',
    '../lambda/orders/payment.ts',
    '../worker/main.ts',
    '../bin/systems.ts',
    '../local/main.ts',
    'aws-cdk-lib',
  ],
};

/** What the same files import, and may. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'contracts/other.ts': ['valibot', './events.ts'],
  'lambda/orders/shipping.ts': ['../../contracts/orders.ts', '../shared/failures.ts', '@aws-sdk/client-sqs'],
  'lambda/orders/domain/shipment.ts': ['../../../contracts/orders.ts', './charge.ts'],
  'worker/jobs.ts': ['../contracts/worker.ts', '@aws-sdk/client-sqs'],
  'web/orders/server.ts': ['../../contracts/orders.ts', '../shared/failures.ts', '@aws-sdk/client-sqs'],
  'lib/stacks/other-stack.ts': ['../../contracts/orders.ts', '../config/stage.ts', 'aws-cdk-lib/aws-sqs'],
  'bin/systems.ts': ['../lib/config/stage.ts', 'aws-cdk-lib'],
  'local/cloud.ts': ['../contracts/orders.ts', 'aws-cdk-lib/cx-api', '@aws-sdk/client-sqs'],
  'cli/send.ts': ['../contracts/orders.ts', '@aws-sdk/client-sqs', 'commander'],
};

interface Diagnostic {
  readonly category: string;
  readonly location: { readonly path: string; readonly start: { readonly line: number } };
}

/** Lints files that hold nothing but imports, a line each, and says which lines were refused. */
function refusedLines(files: Readonly<Record<string, readonly string[]>>): string[] {
  return findingsIn(
    Object.entries(files).map(([path, imports]) => [
      path,
      imports.map(name => `export * from '${name}';\n`).join(''),
    ]),
  )
    .filter(({ category }) => category === 'lint/style/noRestrictedImports')
    .map(({ location }) => `${location.path}: ${files[location.path]?.[location.start.line - 1]}`);
}

/** What biome finds in files under the repository's rules. */
function findingsIn(files: readonly (readonly [path: string, source: string])[]): Diagnostic[] {
  const directory = temporaryDirectory();
  for (const name of ['biome.json', '.gitignore'])
    copyFileSync(join(repository, name), join(directory, name));
  for (const [path, source] of files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), source);
  }
  const program = join(repository, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  const { stdout } = spawnSync(
    process.execPath,
    [program, 'lint', '--reporter=json', '--max-diagnostics=none'],
    { cwd: directory, encoding: 'utf8' },
  );
  return (JSON.parse(stdout) as { diagnostics: Diagnostic[] }).diagnostics;
}

const linesOf = (files: Readonly<Record<string, readonly string[]>>) =>
  Object.entries(files).flatMap(([path, imports]) => imports.map(name => `${path}: ${name}`));

describe('the import rule', () => {
  it('refuses every import across a border of the architecture', () => {
    expect(refusedLines(refused).sort()).toEqual(linesOf(refused).sort());
  });

  it('lets every area import what it is for', () => {
    expect(refusedLines(allowed)).toEqual([]);
  });

  it('keeps the environment out of the domain, and leaves it to handlers', () => {
    const source = 'export const level = process.env.LOG_LEVEL;\n';
    const found = findingsIn([
      ['lambda/orders/domain/charge.ts', source],
      ['lambda/orders/payment.ts', source],
    ]);
    expect(
      found
        .filter(({ category }) => category === 'lint/style/noProcessEnv')
        .map(({ location }) => location.path),
    ).toEqual(['lambda/orders/domain/charge.ts']);
  });
});
