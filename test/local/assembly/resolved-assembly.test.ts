// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation writes its own placeholders so.
import { AssemblyError } from '../../../local/assembly/assembly-error.ts';
import { ResolvedAssembly } from '../../../local/assembly/resolved-assembly.ts';
import type { StackTemplate, Template } from '../../../local/assembly/template.ts';

function stackOf(template: Partial<Template>, name = 'orders', region = 'eu-west-1'): StackTemplate {
  return {
    name,
    displayName: name,
    region,
    template: { Resources: {}, Parameters: {}, Conditions: {}, Mappings: {}, Outputs: {}, ...template },
    dependencies: [],
    paths: { Queue: 'orders/Payment/Queue/Resource' },
    assets: { 'abc.zip': '/cdk.out/asset.abc' },
  };
}

function assemblyOf(
  stacks: readonly StackTemplate[],
  parameters: Record<string, string> = {},
): ResolvedAssembly {
  return new ResolvedAssembly(stacks, {
    identify: resource => {
      if (resource.type !== 'AWS::SQS::Queue') {
        throw new Error(`${resource.type} does not run.`);
      }
      const name = String(resource.property('QueueName') ?? resource.logicalId);
      return { ref: `url of ${name}`, attributes: { Arn: `arn of ${name}` } };
    },
    parameters,
  });
}

/** The value, resolved as a property of a queue called Queue beside one called Other. */
function resolved(
  value: unknown,
  template: Partial<Template> = {},
  parameters?: Record<string, string>,
): unknown {
  const stack = stackOf({
    ...template,
    Resources: {
      Queue: { Type: 'AWS::SQS::Queue', Properties: { Value: value } },
      Other: { Type: 'AWS::SQS::Queue' },
      Server: { Type: 'AWS::EC2::Instance' },
      ...template.Resources,
    },
  });
  const [resource] = assemblyOf([stack], parameters).stacks[0]?.resources() ?? [];
  return resource?.property('Value');
}

describe('intrinsic functions', () => {
  it.each<[string, unknown, unknown]>([
    ['Ref', { Ref: 'Other' }, 'url of Other'],
    ['GetAtt', { 'Fn::GetAtt': ['Other', 'Arn'] }, 'arn of Other'],
    ['GetAtt with a dot', { 'Fn::GetAtt': 'Other.Arn' }, 'arn of Other'],
    ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'Other' }, 1]] }, 'a-url of Other-1'],
    ['Join of a list', { 'Fn::Join': [',', { 'Fn::Split': ['|', 'a|b'] }] }, 'a,b'],
    ['Split', { 'Fn::Split': [':', 'a:b'] }, ['a', 'b']],
    ['Select', { 'Fn::Select': [1, { 'Fn::Split': [':', 'a:b'] }] }, 'b'],
    ['Select by text', { 'Fn::Select': ['0', ['a', 'b']] }, 'a'],
    ['Sub', { 'Fn::Sub': '${Other}/${Other.Arn}/${AWS::Region}' }, 'url of Other/arn of Other/eu-west-1'],
    [
      'Sub with variables',
      { 'Fn::Sub': ['${one}-${Other}', { one: { Ref: 'Other' } }] },
      'url of Other-url of Other',
    ],
    ['Sub, literally', { 'Fn::Sub': '${!Other}' }, '${Other}'],
    ['Base64', { 'Fn::Base64': { Ref: 'Other' } }, Buffer.from('url of Other').toString('base64')],
    ['nested values', { list: [{ Ref: 'Other' }], text: 'a' }, { list: ['url of Other'], text: 'a' }],
    ['the account', { Ref: 'AWS::AccountId' }, '000000000000'],
    ['the region', { Ref: 'AWS::Region' }, 'eu-west-1'],
    ['the partition', { Ref: 'AWS::Partition' }, 'aws'],
    ['the suffix', { Ref: 'AWS::URLSuffix' }, 'amazonaws.com'],
    ['the stack', { Ref: 'AWS::StackName' }, 'orders'],
    ['no value in an object', { kept: 1, gone: { Ref: 'AWS::NoValue' } }, { kept: 1 }],
    ['no value in a list', ['kept', { Ref: 'AWS::NoValue' }], ['kept']],
    ['no value at all', { Ref: 'AWS::NoValue' }, undefined],
    [
      'a policy condition',
      { Condition: { Bool: { secure: true } } },
      { Condition: { Bool: { secure: true } } },
    ],
  ])('%s', (_name, value, expected) => {
    expect(resolved(value)).toEqual(expected);
  });

  it('FindInMap', () => {
    const Mappings = { Sizes: { 'eu-west-1': { small: 3 } } };

    expect(resolved({ 'Fn::FindInMap': ['Sizes', { Ref: 'AWS::Region' }, 'small'] }, { Mappings })).toBe(3);
  });

  it.each<[string, unknown, unknown]>([
    ['Equals', { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] }, 'yes'],
    ['Not', { 'Fn::Not': [{ Condition: 'Always' }] }, 'no'],
    ['And', { 'Fn::And': [{ Condition: 'Always' }, { 'Fn::Equals': ['a', 'b'] }] }, 'no'],
    ['Or', { 'Fn::Or': [{ Condition: 'Always' }, { 'Fn::Equals': ['a', 'b'] }] }, 'yes'],
  ])('If, with a condition of %s', (_name, condition, expected) => {
    const Conditions = { Always: { 'Fn::Equals': ['a', 'a'] }, Tested: condition };

    expect(resolved({ 'Fn::If': ['Tested', 'yes', 'no'] }, { Conditions })).toBe(expected);
  });

  it('If does not look at the branch that is not taken', () => {
    const Conditions = { Never: { 'Fn::Equals': ['a', 'b'] } };

    expect(resolved({ 'Fn::If': ['Never', { Ref: 'Server' }, 'taken'] }, { Conditions })).toBe('taken');
  });
});

describe('errors name stack, logical id and property path', () => {
  it.each<[string, unknown, string]>([
    [
      'an unknown function',
      { deep: [{ 'Fn::Transform': {} }] },
      'stack orders, Queue.Value.deep[0]: Fn::Transform is not an intrinsic function that the local cloud resolves',
    ],
    [
      'a resource that is not declared',
      { Ref: 'Nothing' },
      'stack orders, Queue.Value.Ref: refers to Nothing, which the template does not declare.',
    ],
    [
      'a resource that does not run',
      { Ref: 'Server' },
      'stack orders, Queue.Value.Ref: AWS::EC2::Instance does not run.',
    ],
    [
      'an attribute that is not known',
      { 'Fn::GetAtt': ['Other', 'Color'] },
      'stack orders, Queue.Value.Fn::GetAtt: attribute Color of Other (AWS::SQS::Queue) is not known to the local cloud (it knows Arn).',
    ],
    ['a mapping that is not there', { 'Fn::FindInMap': ['A', 'b', 'c'] }, 'the mapping A has no entry b, c.'],
    ['a condition that is not there', { 'Fn::If': ['A', 1, 2] }, 'there is no condition A in this template.'],
    ['an index outside the list', { 'Fn::Select': [2, ['a']] }, 'index 2 is outside the list ["a"].'],
    [
      'a badly formed function',
      { 'Fn::Join': ['-'] },
      'stack orders, Queue.Value.Fn::Join: expected 2 arguments, got ["-"].',
    ],
    ['a dynamic reference', '{{resolve:ssm:/a}}', '{{resolve:ssm:/a}} is a dynamic reference'],
    [
      'an export of nobody',
      { 'Fn::ImportValue': 'shared' },
      'imports shared, which none of the stacks that run exports in eu-west-1',
    ],
  ])('%s', (_name, value, message) => {
    expect(() => resolved(value)).toThrow(AssemblyError);
    expect(() => resolved(value)).toThrow(message);
  });

  it('a name that refers to itself', () => {
    const Resources = {
      Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: 'Twin' } } },
      Twin: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: 'Queue' } } },
    };
    const [stack] = assemblyOf([stackOf({ Resources })]).stacks;

    expect(() => stack?.identity('Queue')).toThrow('the name of Queue refers to itself');
  });
});

describe('parameters', () => {
  const parameter = (Type: string, Default?: string | number) => ({
    Parameters: { Given: { Type, ...(Default === undefined ? {} : { Default }) } },
  });

  it('have their defaults', () => {
    expect(resolved({ Ref: 'Given' }, parameter('Number', 3))).toBe('3');
    expect(resolved({ Ref: 'Given' }, parameter('CommaDelimitedList', 'a, b'))).toEqual(['a', 'b']);
  });

  it('take a given value, and one for the stack before one for all', () => {
    const template = parameter('String', 'default');

    expect(resolved({ Ref: 'Given' }, template, { Given: 'given' })).toBe('given');
    expect(resolved({ Ref: 'Given' }, template, { Given: 'for all', 'orders:Given': 'for orders' })).toBe(
      'for orders',
    );
    expect(resolved({ Ref: 'Given' }, template, { 'reports:Given': 'for reports' })).toBe('default');
  });

  it('fail without a value, saying how to give one', () => {
    expect(() => resolved({ Ref: 'Given' }, parameter('String'))).toThrow(
      "parameter Given has no default. Give it a value: parameters: { Given: '…' }.",
    );
  });

  it('of the parameter store fail unless their value is given', () => {
    const template = parameter('AWS::SSM::Parameter::Value<String>', '/images/latest');

    expect(() => resolved({ Ref: 'Given' }, template)).toThrow(
      'parameter Given is read from the SSM parameter /images/latest, and the local cloud has no parameter store.',
    );
    expect(resolved({ Ref: 'Given' }, template, { Given: 'image' })).toBe('image');
  });

  it('that nothing refers to need no value', () => {
    expect(resolved('plain', parameter('String'))).toBe('plain');
  });
});

describe('resources', () => {
  it('whose condition does not hold are not there', () => {
    const stack = stackOf({
      Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
      Resources: {
        Kept: { Type: 'AWS::SQS::Queue' },
        Gone: { Type: 'AWS::SQS::Queue', Condition: 'Never' },
      },
    });
    const [resolvedStack] = assemblyOf([stack]).stacks;

    expect(resolvedStack?.resources().map(({ logicalId }) => logicalId)).toEqual(['Kept']);
    expect(() => resolvedStack?.identity('Gone')).toThrow(
      'refers to Gone, which the template does not declare',
    );
  });

  it('are called by the path of their construct, from the manifest, the template, or made up', () => {
    const stack = stackOf({
      Resources: {
        Queue: { Type: 'AWS::SQS::Queue' },
        Second: { Type: 'AWS::SQS::Queue', Metadata: { 'aws:cdk:path': 'orders/Second/Resource' } },
        Third: { Type: 'AWS::SQS::Queue' },
      },
    });

    expect(
      assemblyOf([stack])
        .stacks[0]?.resources()
        .map(({ path }) => path),
    ).toEqual(['orders/Payment/Queue/Resource', 'orders/Second/Resource', 'orders/Third']);
  });

  it('find their assets by object key', () => {
    const [resource] =
      assemblyOf([stackOf({ Resources: { Queue: { Type: 'AWS::SQS::Queue' } } })]).stacks[0]?.resources() ??
      [];

    expect(resource?.assetPath('abc.zip')).toBe('/cdk.out/asset.abc');
    expect(() => resource?.assetPath('def.zip')).toThrow(
      'stack orders, Queue: def.zip is not among the assets of the cloud assembly.',
    );
  });
});

describe('outputs', () => {
  it('are resolved, and those of what does not run are left out with the reason', () => {
    const assembly = assemblyOf([
      stackOf({
        Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
        Resources: { Queue: { Type: 'AWS::SQS::Queue' }, Server: { Type: 'AWS::EC2::Instance' } },
        Outputs: {
          QueueUrl: { Value: { Ref: 'Queue' } },
          Address: { Value: { Ref: 'Server' } },
          Unwanted: { Value: 'a', Condition: 'Never' },
        },
      }),
    ]);
    const [stack] = assembly.stacks;

    expect(stack && assembly.outputs(stack)).toEqual({
      values: { QueueUrl: 'url of Queue' },
      unresolved: { Address: 'stack orders, Outputs.Address.Ref: AWS::EC2::Instance does not run.' },
    });
  });

  it('can be imported by other stacks of the region', () => {
    const exporting = stackOf(
      {
        Resources: { Queue: { Type: 'AWS::SQS::Queue' } },
        Outputs: {
          Shared: { Value: { Ref: 'Queue' }, Export: { Name: { 'Fn::Sub': '${AWS::StackName}:queue' } } },
        },
      },
      'shared',
    );
    const importing = (region: string) =>
      stackOf(
        { Outputs: { Imported: { Value: { 'Fn::ImportValue': 'shared:queue' } } } },
        'importing',
        region,
      );
    const here = assemblyOf([exporting, importing('eu-west-1')]);
    const elsewhere = assemblyOf([exporting, importing('us-east-1')]);

    expect(here.stacks[1] && here.outputs(here.stacks[1]).values).toEqual({ Imported: 'url of Queue' });
    expect(elsewhere.stacks[1] && elsewhere.outputs(elsewhere.stacks[1]).unresolved.Imported).toContain(
      'none of the stacks that run exports in us-east-1',
    );
  });
});
