import { deliveryEdges } from '../support/policy/delivery-edges.ts';
import type { PolicyTemplate } from '../support/policy/deployed-stack.ts';
import { PolicyWorld } from '../support/policy/policy-world.ts';
import { reachOf } from '../support/policy/reach.ts';
import '../support/policy/matchers.ts';

const queue = { Type: 'AWS::SQS::Queue', Properties: {} };
const topic = { Type: 'AWS::SNS::Topic', Properties: {} };

/** Lets SNS send to the queue for one topic. */
function queuePolicy(topicArn: unknown, queueArn: unknown = { 'Fn::GetAtt': ['Queue', 'Arn'] }) {
  const statement = {
    Effect: 'Allow',
    Principal: { Service: 'sns.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: queueArn,
    Condition: { ArnEquals: { 'aws:SourceArn': topicArn } },
  };
  return {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: { Queues: [{ Ref: 'Queue' }], PolicyDocument: { Statement: [statement] } },
  };
}

function worldOf(Resources: PolicyTemplate['Resources'], sections: Omit<PolicyTemplate, 'Resources'> = {}) {
  return new PolicyWorld([{ name: 'system', template: { Resources, ...sections } }]);
}

describe('a policy world', () => {
  it.each([
    ['Ref', { Ref: 'Topic' }],
    ['Fn::GetAtt', { 'Fn::GetAtt': ['Topic', 'TopicArn'] }],
    ['Fn::Sub', { 'Fn::Sub': `arn:aws:sns:\${AWS::Region}:\${AWS::AccountId}:\${Topic.TopicName}` }],
    [
      'Fn::Join',
      {
        'Fn::Join': [
          ':',
          [
            'arn:aws:sns',
            { Ref: 'AWS::Region' },
            { Ref: 'AWS::AccountId' },
            { 'Fn::GetAtt': ['Topic', 'TopicName'] },
          ],
        ],
      },
    ],
    [
      'Fn::Select and Fn::Split',
      { 'Fn::Select': [1, { 'Fn::Split': [' ', { 'Fn::Join': [' ', ['-', { Ref: 'Topic' }]] }] }] },
    ],
    ['Fn::If', { 'Fn::If': ['Yes', { Ref: 'Topic' }, { Ref: 'Other' }] }],
    ['AWS::NoValue', [{ Ref: 'AWS::NoValue' }, { Ref: 'Topic' }]],
    [
      'Fn::FindInMap',
      {
        'Fn::Sub': [
          `\${Prefix}Topic-1A2B3C4D5E6F`,
          { Prefix: { 'Fn::FindInMap': ['Arns', 'sns', 'prefix'] } },
        ],
      },
    ],
  ])('resolves %s', async (_, topicArn) => {
    const world = worldOf(
      { Queue: queue, Topic: topic, Other: topic, Policy: queuePolicy(topicArn) },
      {
        Conditions: { Yes: { 'Fn::Or': [{ 'Fn::Equals': ['a', 'b'] }, { 'Fn::Equals': ['a', 'a'] }] } },
        Mappings: { Arns: { sns: { prefix: 'arn:aws:sns:eu-west-1:111122223333:system-' } } },
      },
    );
    const sends = async (source: string) =>
      world
        .service('sns.amazonaws.com', world.resource(`system/${source}`))
        .may('sqs:SendMessage', world.resource('system/Queue'));
    expect(await sends('Topic')).toBeAllowed();
    expect(await sends('Other')).toBeDenied();
  });

  it('puts a stack where it says, or in a made-up account and region', () => {
    const template = { Resources: { Queue: queue } };
    const [made, given] = new PolicyWorld([
      { name: 'anywhere', template },
      { name: 'there', template, account: '444455556666', region: 'us-east-1' },
    ]).resources;
    expect(made?.arn).toBe('arn:aws:sqs:eu-west-1:111122223333:anywhere-Queue-1A2B3C4D5E6F');
    expect(given?.arn).toBe('arn:aws:sqs:us-east-1:444455556666:there-Queue-1A2B3C4D5E6F');
  });

  it.each([
    ['exports', { 'Fn::ImportValue': 'orders' }],
    ['does not', { 'Fn::GetStackOutput': { StackName: 'publisher', OutputName: 'TopicArn' } }],
  ])('follows a reference to another stack, which %s', async (_, topicArn) => {
    const publisher: PolicyTemplate = {
      Resources: { Topic: topic },
      Outputs: { TopicArn: { Value: { Ref: 'Topic' }, Export: { Name: 'orders' } } },
    };
    const subscriber: PolicyTemplate = { Resources: { Queue: queue, Policy: queuePolicy(topicArn) } };
    const world = new PolicyWorld([
      { name: 'publisher', template: publisher },
      { name: 'subscriber', template: subscriber },
    ]);
    const sns = world.service('sns.amazonaws.com', world.resource('publisher/Topic'));
    expect(await sns.may('sqs:SendMessage', world.resource('subscriber/Queue'))).toBeAllowed();
  });

  it('leaves out what a condition leaves out', () => {
    const onlyInUs = { 'Fn::And': [{ Condition: 'Us' }, { 'Fn::Not': [{ Condition: 'Eu' }] }] };
    const regionIs = (region: string) => ({ 'Fn::Equals': [{ Ref: 'AWS::Region' }, region] });
    const world = worldOf(
      { Queue: queue, Topic: { ...topic, Condition: 'InUs' } },
      { Conditions: { InUs: onlyInUs, Us: regionIs('us-east-1'), Eu: regionIs('eu-west-1') } },
    );
    expect(world.resources.map(({ path }) => path)).toEqual(['system/Queue']);
  });

  it('reads the permissions of a function as one policy', async () => {
    const fn = { Type: 'AWS::Lambda::Function', Properties: {} };
    const permission = (principal: string, more: object = {}) => ({
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: { Ref: 'Fn' },
        Principal: principal,
        ...more,
      },
    });
    const world = worldOf({
      Fn: fn,
      BucketMay: permission('s3.amazonaws.com', {
        SourceArn: 'arn:aws:s3:::photos',
        SourceAccount: '111122223333',
      }),
      AccountMay: permission('999999999999'),
    });
    const invoked = world.resource('system/Fn');
    const s3 = (account: string) =>
      world.service('s3.amazonaws.com', { arn: 'arn:aws:s3:::photos', account });
    expect(await s3('111122223333').may('lambda:InvokeFunction', invoked)).toBeAllowed();
    expect(await s3('999999999999').may('lambda:InvokeFunction', invoked)).toBeDenied();
    expect(await world.outsider().may('lambda:InvokeFunction', invoked)).toBeAllowed();
    expect(await world.anybody().may('lambda:InvokeFunction', invoked)).toBeDenied();
  });

  it('gathers the policies of a role, wherever they are written', async () => {
    const allow = (Action: string) => ({ Statement: { Effect: 'Allow', Action, Resource: '*' } });
    const trust = {
      Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ec2.amazonaws.com' } },
    };
    const inline = [{ PolicyName: 'Inline', PolicyDocument: allow('sqs:SendMessage') }];
    const role = {
      AssumeRolePolicyDocument: trust,
      Policies: inline,
      ManagedPolicyArns: [{ Ref: 'Managed' }],
    };
    const world = worldOf({
      Queue: queue,
      Role: { Type: 'AWS::IAM::Role', Properties: role },
      Managed: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: allow('sqs:PurgeQueue') } },
      Attached: {
        Type: 'AWS::IAM::Policy',
        Properties: { Roles: [{ Ref: 'Role' }], PolicyDocument: allow('sqs:DeleteMessage') },
      },
    });
    expect(await reachOf(world.resource('system/Role'), world)).toMatchObject({
      'system/Queue': ['sqs:DeleteMessage', 'sqs:PurgeQueue', 'sqs:SendMessage'],
    });
    const ec2 = world.service('ec2.amazonaws.com');
    expect(await ec2.may('sts:AssumeRole', world.resource('system/Role'))).toBeAllowed();
    expect(await world.administrator().may('sts:AssumeRole', world.resource('system/Role'))).toBeDenied();
  });

  it('finds deliveries whose settings are written as JSON', async () => {
    const world = worldOf({
      Queue: {
        ...queue,
        Properties: {
          RedrivePolicy: JSON.stringify({
            deadLetterTargetArn: 'arn:aws:sqs:eu-west-1:111122223333:failed',
            maxReceiveCount: 5,
          }),
        },
      },
      Failed: {
        ...queue,
        Properties: {
          QueueName: 'failed',
          RedriveAllowPolicy: JSON.stringify({ redrivePermission: 'byQueue', sourceQueueArns: [] }),
        },
      },
    });
    const [edge] = deliveryEdges(world);
    expect(edge?.name).toBe('system/Queue → system/Failed');
    expect(await edge?.faults()).toEqual([expect.stringMatching(/^blocked:/)]);
  });
});

describe('what cannot be seen is an error', () => {
  it('when a resource is not there', () => {
    expect(() => worldOf({ Queue: queue }).resource('system/Topic')).toThrow(
      'There is no resource system/Topic. system has: system/Queue.',
    );
  });

  it('when AWS would keep one of two policies', () => {
    const world = worldOf({
      Queue: queue,
      First: queuePolicy('arn:aws:sns:eu-west-1:111122223333:a'),
      Second: queuePolicy('arn:aws:sns:eu-west-1:111122223333:b'),
    });
    expect(() => world.resourcePolicyOf(world.resource('system/Queue'))).toThrow(
      'system/Queue has 2 policies (system/First, system/Second), and AWS keeps the one that is written last',
    );
  });

  it('when a policy has a variable', () => {
    const world = worldOf({ Queue: queue, Policy: queuePolicy(`arn:aws:sns:*:\${aws:PrincipalAccount}:*`) });
    expect(() => world.resourcePolicyOf(world.resource('system/Queue'))).toThrow('has a policy variable');
  });

  it('when a policy speaks of an attribute that is not known', () => {
    const world = worldOf({
      Queue: queue,
      Cluster: { Type: 'AWS::Made::Up', Properties: {} },
      Policy: queuePolicy({ 'Fn::GetAtt': ['Cluster', 'Arn'] }),
    });
    expect(() => world.resourcePolicyOf(world.resource('system/Queue'))).toThrow(
      /Policy.*attribute Arn of Cluster \(AWS::Made::Up\) is not known to the policy tests/,
    );
  });

  it('when a policy is made by a function that is not known', () => {
    const world = worldOf({ Queue: queue, Policy: queuePolicy({ 'Fn::Transform': { Name: 'Topic' } }) });
    expect(() => world.resourcePolicyOf(world.resource('system/Queue'))).toThrow(
      'PolicyDocument of Policy in system: Fn::Transform is not known to the policy tests',
    );
  });

  it('when no stack exports what is imported', () => {
    const world = worldOf({ Queue: queue, Policy: queuePolicy({ 'Fn::ImportValue': 'orders' }) });
    expect(() => world.resourcePolicyOf(world.resource('system/Queue'))).toThrow(
      'imports orders, which no stack of this app exports',
    );
  });

  it('when a role has a policy of AWS, or a boundary', () => {
    const roleWith = (properties: object) => {
      const trust = { Statement: [] };
      const world = worldOf({
        Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trust, ...properties } },
      });
      return () => world.role('system/Role');
    };
    const managed = 'arn:aws:iam::aws:policy/AmazonSQSFullAccess';
    expect(roleWith({ ManagedPolicyArns: [managed] })).toThrow(`${managed}, which is not in this app`);
    expect(roleWith({ PermissionsBoundary: managed })).toThrow('has a permissions boundary');
  });

  it('when a permission is for more than a principal and a source', () => {
    const world = worldOf({
      Fn: { Type: 'AWS::Lambda::Function', Properties: {} },
      Url: {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          Action: 'lambda:InvokeFunctionUrl',
          FunctionName: { Ref: 'Fn' },
          Principal: '*',
          FunctionUrlAuthType: 'NONE',
        },
      },
    });
    expect(() => world.resourcePolicyOf(world.resource('system/Fn'))).toThrow(
      'The permission system/Url sets FunctionUrlAuthType',
    );
  });

  it('when a resource has no ARN that is known', async () => {
    const world = worldOf({ Cluster: { Type: 'AWS::Made::Up', Properties: {} } });
    const asked = world.administrator().may('sqs:SendMessage', world.resource('system/Cluster'));
    await expect(asked).rejects.toThrow('system/Cluster has no ARN that the policy tests know');
  });
});
