import { join } from 'node:path';
import { AssemblyError } from '../../../local/assembly/assembly-error.ts';
import { readAssembly } from '../../../local/assembly/cloud-assembly.ts';
import { WrittenAssembly, type WrittenStack } from './written-assembly.ts';

const written: WrittenAssembly[] = [];

function write(...stacks: readonly WrittenStack[]): WrittenAssembly {
  const assembly = new WrittenAssembly(...stacks);
  written.push(assembly);
  return assembly;
}

afterAll(() => {
  for (const assembly of written) {
    assembly.remove();
  }
});

const empty = { Resources: {} };

it('reads stacks in the order of their deployment', () => {
  const { directory } = write(
    { name: 'late', template: empty, dependencies: ['early'] },
    { name: 'early', template: empty },
  );

  const stacks = readAssembly(directory);

  expect(stacks.map(({ name }) => name)).toEqual(['early', 'late']);
  expect(stacks.map(({ dependencies }) => dependencies)).toEqual([[], ['early']]);
});

it('takes us-east-1 for a stack that names no region', () => {
  const { directory } = write(
    { name: 'anywhere', template: empty },
    { name: 'somewhere', template: empty, region: 'eu-west-1' },
  );

  expect(readAssembly(directory).map(({ region }) => region)).toEqual(['us-east-1', 'eu-west-1']);
});

it('knows the construct of each logical id and the folder of each asset', () => {
  const { directory } = write({
    name: 'orders',
    template: { Resources: { Handler: { Type: 'AWS::Lambda::Function' } } },
    assets: { 'abc.zip': { 'index.mjs': '' } },
  });

  const [stack] = readAssembly(directory);

  expect(stack?.paths).toEqual({ Handler: 'orders/Handler/Resource' });
  expect(stack?.assets).toEqual({ 'abc.zip': join(directory, 'asset.abc') });
});

it('fails on a folder that is no assembly, with the remedy', () => {
  expect(() => readAssembly('/nowhere/cdk.out')).toThrow(AssemblyError);
  expect(() => readAssembly('/nowhere/cdk.out')).toThrow(
    /^\/nowhere\/cdk\.out is not a readable cloud assembly \(.*Synthesize it with `npx cdk synth`\.$/,
  );
});

it('fails on a template that is no JSON, naming stack and file', () => {
  const { directory } = write({ name: 'broken', template: '{ "Resources": ' });

  expect(() => readAssembly(directory)).toThrow(AssemblyError);
  expect(() => readAssembly(directory)).toThrow(
    'The template of stack broken (broken.template.json) cannot be read',
  );
});

it('fails on a template without resources', () => {
  const { directory } = write({ name: 'hollow', template: {} });

  expect(() => readAssembly(directory)).toThrow(
    'The template of stack hollow (hollow.template.json) has no Resources section',
  );
});

it('fails on an asset manifest that is no JSON', () => {
  const assembly = write({ name: 'orders', template: empty });
  assembly.write('orders.assets.json', '{');

  expect(() => readAssembly(assembly.directory)).toThrow(
    /The asset manifest .*orders\.assets\.json cannot be read/,
  );
});
