import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type App, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { bundledCode } from '../../../lib/constructs/bundled-code.ts';
import { testApp } from '../../support/synthesized-app.ts';
import { repository, temporaryDirectory } from '../../support/temporary-directory.ts';

const payment = 'lambda/order-processing/payment.ts';
const shipping = 'lambda/order-processing/shipping.ts';

/** Makes functions of entries and bundles them. */
function bundle(entries: Readonly<Record<string, string>>) {
  // The stacks whose code is bundled: all.
  const app = testApp({ 'aws:cdk:bundling-stacks': ['**'] });
  const stack = new Stack(app, 'orders');
  for (const [id, entry] of Object.entries(entries)) makeFunction(stack, id, entry);
  const { directory } = app.synth();
  const assets = readdirSync(directory).filter(name => name.startsWith('asset.'));
  return { app, directory, assets, code: (asset = assets[0] ?? '') => codeOf(directory, asset) };
}

function makeFunction(stack: Stack, id: string, entry: string): lambda.Function {
  return new lambda.Function(stack, id, {
    code: bundledCode(entry),
    handler: 'index.handler',
    runtime: lambda.Runtime.NODEJS_24_X,
  });
}

const codeOf = (directory: string, asset: string) =>
  readFileSync(join(directory, asset, 'index.mjs'), 'utf8');

function keysOf(app: App): string[] {
  const { Resources } = app.synth().getStackByName('orders').template as {
    Resources: Record<string, { Type: string; Properties: { Code: { S3Key: string } } }>;
  };
  return Object.values(Resources)
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map(({ Properties }) => Properties.Code.S3Key);
}

describe('bundledCode', () => {
  const both = bundle({ Payment: payment, Shipping: shipping });

  it('gives each function a bundle of its own, in one module', () => {
    const [first, second] = keysOf(both.app);
    expect(first).not.toBe(second);
    expect(both.assets).toHaveLength(2);
    for (const asset of both.assets) {
      expect(readdirSync(join(both.directory, asset))).toEqual(['index.mjs']);
      expect(both.code(asset)).toMatch(/export\s*{[^}]*\bhandler\b/);
    }
  });

  it('leaves the SDK to the runtime', () => {
    for (const asset of both.assets) {
      expect(both.code(asset)).toMatch(/from"@aws-sdk\/client-dynamodb"/);
      expect(both.code(asset).length).toBeLessThan(320 * 1024);
    }
  });

  it('can be loaded where there is the SDK, and no other package', () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, 'node_modules'));
    symlinkSync(join(repository, 'node_modules/@aws-sdk'), join(directory, 'node_modules/@aws-sdk'));
    const environment = {
      TABLE_NAME: 't',
      CARD_TOKEN_KEY_ARN: 'arn',
      AWS_REGION: 'eu-west-1',
      LOG_LEVEL: 'INFO',
    };
    for (const asset of both.assets) {
      writeFileSync(join(directory, 'index.mjs'), both.code(asset));
      const { status, stderr } = spawnSync(process.execPath, ['index.mjs'], {
        cwd: directory,
        env: environment,
        encoding: 'utf8',
      });
      expect([status, stderr]).toEqual([0, '']);
    }
  });

  it('says nothing of the machine that made it', () => {
    for (const asset of both.assets) expect(both.code(asset)).not.toContain(repository);
  });

  it('is the same asset in every app, however the path of its entry is written', () => {
    const again = bundle({
      Payment: `./${payment}`,
      Shipping: 'lambda/shared/../order-processing/shipping.ts',
    });
    expect(again.assets).toEqual(both.assets);
    for (const asset of both.assets) expect(again.code(asset)).toBe(both.code(asset));
  });

  it('is made of an entry that is no handler of this repository, too', () => {
    const entry = join(temporaryDirectory(), 'other.ts');
    writeFileSync(entry, 'const answer: number = 42; export { answer as handler };');
    expect(bundle({ Other: relative(repository, entry) }).code()).toMatch(/42.*export\s*{/);
  });

  it('is one asset for two functions of one entry', () => {
    const { app, assets } = bundle({ First: payment, Second: payment });
    expect(assets).toHaveLength(1);
    expect(new Set(keysOf(app)).size).toBe(1);
  });

  it('is left out where the stack is not to be bundled', () => {
    const app = testApp();
    makeFunction(new Stack(app, 'orders'), 'Payment', payment);
    const { directory } = app.synth();
    expect(readdirSync(directory).filter(name => name.startsWith('asset.'))).toEqual([]);
  });

  it('fails when there is no such entry', () => {
    expect(() => bundledCode('lambda/order-processing/nope.ts')).toThrow(
      "There is no lambda/order-processing/nope.ts. Give the handler's path from the repository's root.",
    );
  });

  it('fails when the entry cannot be bundled, and says why', () => {
    const broken = join(temporaryDirectory(), 'broken.ts');
    writeFileSync(broken, "export { handler } from './missing.ts';");
    expect(() => bundle({ Broken: relative(repository, broken) })).toThrow(
      /Failed to bundle asset orders\/Broken.*Could not resolve "\.\/missing\.ts"/s,
    );
  });
});
