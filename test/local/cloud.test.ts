import { AssemblyError } from '../../local/assembly/assembly-error.ts';
import { startLocalCloud } from '../../local/cloud.ts';
import { PortUnavailable } from '../../local/http-api/local-listener.ts';
import { WrittenAssembly, type WrittenStack } from './assembly/written-assembly.ts';
import { ProvisionedStacks, refTo } from './provision/provisioned-stacks.ts';

const stacks = new ProvisionedStacks();

afterAll(() => stacks.stop());

const queue = { Type: 'AWS::SQS::Queue' };

function stack(name: string, template: object, dependencies: readonly string[] = []): WrittenStack {
  return { name, template, dependencies };
}

it('reports what runs, what needs nothing, and what does not run', async () => {
  const { cloud } = await stacks.ofResources({
    Queue: queue,
    Role: { Type: 'AWS::IAM::Role' },
    Policy: { Type: 'AWS::SQS::QueuePolicy', Properties: { Queues: [refTo('Queue')] } },
    Server: { Type: 'AWS::EC2::Instance' },
    Magic: { Type: 'Custom::Magic' },
  });

  expect(cloud.provisioned).toEqual([{ type: 'AWS::SQS::Queue', paths: ['shop/Queue/Resource'] }]);
  expect(cloud.satisfied).toEqual([
    {
      type: 'AWS::IAM::Role',
      paths: ['shop/Role/Resource'],
      reason: 'permissions are not evaluated locally; the policy tests prove them',
    },
    {
      type: 'AWS::SQS::QueuePolicy',
      paths: ['shop/Policy/Resource'],
      reason: 'permissions are not evaluated locally; the policy tests prove them',
    },
  ]);
  expect(cloud.notRun.map(({ type, path }) => [type, path])).toEqual([
    ['AWS::EC2::Instance', 'shop/Server/Resource'],
    ['Custom::Magic', 'shop/Magic/Resource'],
  ]);
  expect(cloud.knownLimits.length).toBeGreaterThan(0);
});

it('names what needs nothing, for those that refer to it', async () => {
  const { cloud } = await stacks.ofResources({
    Alias: { Type: 'AWS::KMS::Alias' },
    Queue: { Type: 'AWS::SQS::Queue', Properties: { KmsMasterKeyId: refTo('Alias') } },
  });

  expect(cloud.queues()).toHaveLength(1);
});

it('gives outputs, and the reason for those that have no value', async () => {
  const { cloud } = await stacks.of([
    stack('shop', {
      Resources: { Queue: queue, Server: { Type: 'AWS::EC2::Instance' } },
      Outputs: { QueueUrl: { Value: refTo('Queue') }, Address: { Value: refTo('Server') } },
    }),
  ]);

  expect(cloud.stacks).toMatchObject([
    {
      name: 'shop',
      region: 'us-east-1',
      outputs: { QueueUrl: `${cloud.endpoint}/000000000000/shop-Queue` },
      unresolvedOutputs: {
        Address:
          'stack shop, Outputs.Address.Ref: refers to Server (AWS::EC2::Instance), which the local cloud does not run.',
      },
    },
  ]);
});

it('finds resources by path, with and without the last step, and by logical id where that is one', async () => {
  const { cloud } = await stacks.of([
    stack('shop', { Resources: { Queue: queue, OnlyHere: queue } }),
    stack('store', { Resources: { Queue: queue } }),
  ]);

  expect(cloud.resource('store/Queue/Resource')?.ref).toContain('store-Queue');
  expect(cloud.resource('store/Queue')?.ref).toContain('store-Queue');
  expect(cloud.resource('OnlyHere')?.ref).toContain('shop-OnlyHere');
  expect(cloud.resource('Queue')).toBeUndefined();
});

it('runs the named systems and what they depend on alone', async () => {
  const { cloud } = await stacks.of(
    [
      stack('shared', {
        Resources: { Queue: queue },
        Outputs: { Exported: { Value: refTo('Queue'), Export: { Name: 'shared-queue' } } },
      }),
      stack(
        'orders',
        { Resources: {}, Outputs: { Imported: { Value: { 'Fn::ImportValue': 'shared-queue' } } } },
        ['shared'],
      ),
      stack('reports', { Resources: { Queue: queue } }),
    ],
    { systems: ['orders'] },
  );

  expect(cloud.stacks.map(({ name }) => name)).toEqual(['shared', 'orders']);
  expect(cloud.stacks[1]?.outputs.Imported).toBe(`${cloud.endpoint}/000000000000/shared-Queue`);
  expect(cloud.queues().map(({ name }) => name)).toEqual(['shared-Queue']);
});

it('takes values for parameters', async () => {
  const { cloud } = await stacks.of(
    [
      stack('shop', {
        Parameters: { Name: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/names/queue' } },
        Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: refTo('Name') } } },
      }),
    ],
    { parameters: { Name: 'given' } },
  );

  expect(cloud.queues().map(({ name }) => name)).toEqual(['given']);
});

it('fails with the resource that refers to what does not run, and frees its port', async () => {
  const assembly = new WrittenAssembly(
    stack('shop', {
      Resources: {
        Server: { Type: 'AWS::EC2::Instance' },
        Queue: { Type: 'AWS::SQS::Queue', Properties: { KmsMasterKeyId: refTo('Server') } },
      },
    }),
    stack('empty', { Resources: {} }),
  );
  const { cloud: first } = await stacks.of([stack('shop', { Resources: {} })]);
  const port = Number(new URL(first.endpoint).port);
  await first.stop();
  const start = (systems: string[]) =>
    startLocalCloud({ assemblyDirectory: assembly.directory, port, httpPort: 0, systems });

  await expect(start(['shop'])).rejects.toThrow(AssemblyError);
  await expect(start(['shop'])).rejects.toThrow(
    'stack shop, Queue.KmsMasterKeyId.Ref: refers to Server (AWS::EC2::Instance), which the local cloud does not run.',
  );

  const again = await start(['empty']);
  await again.stop();
  assembly.remove();
});

it('fails with the resource that cannot be made, and why', async () => {
  const start = stacks.ofResources({
    Queue: { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: 1000 } },
  });

  await expect(start).rejects.toThrow(
    'shop/Queue/Resource (AWS::SQS::Queue) could not be made: Invalid value for the parameter DelaySeconds',
  );
});

it('fails in one line when its port is taken', async () => {
  const { cloud } = await stacks.of([stack('shop', { Resources: {} })]);
  const port = Number(new URL(cloud.endpoint).port);

  const second = stacks.of([stack('shop', { Resources: {} })], { port });

  await expect(second).rejects.toThrow(PortUnavailable);
  await expect(second).rejects.toThrow(
    /^AWS endpoint: port \d+ on 127\.0\.0\.1 is in use by another program.*[^\n]$/,
  );
});

it('answers nothing more once it is stopped', async () => {
  const { cloud } = await stacks.of([stack('shop', { Resources: { Queue: queue } })]);

  await cloud.stop();

  await expect(fetch(cloud.endpoint)).rejects.toThrow('fetch failed');
});
