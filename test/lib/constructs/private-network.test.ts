import { App, Stack } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { PrivateNetwork, type PrivateNetworkProps } from '../../../lib/constructs/private-network.ts';
import { PropsError } from '../../../lib/constructs/validation.ts';
import {
  onlyResource,
  referredId,
  resourceOf,
  resourcesOfType,
  templateOf,
  testStack,
} from '../../support/stack-template.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

interface Statement {
  readonly Sid?: string;
  readonly Action: string | string[];
  readonly Principal: unknown;
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

function makeNetwork(props: Partial<PrivateNetworkProps> = {}) {
  const stack = testStack();
  const network = new PrivateNetwork(stack, 'Network', { services: ['sqs', 'logs'], ...props });
  return { stack, network };
}

const typesIn = (stack: Stack) =>
  new Set(Object.values(templateOf(stack).Resources).map(({ Type }) => Type as string));

function endpoints(stack: Stack, kind: 'Interface' | 'Gateway') {
  return resourcesOfType(templateOf(stack), 'AWS::EC2::VPCEndpoint')
    .map(([, { Properties }]) => Properties)
    .filter(({ VpcEndpointType }) => VpcEndpointType === kind);
}

function statementsOf(stack: Stack, kind: 'Interface' | 'Gateway', service: string): Statement[] {
  const found = endpoints(stack, kind).filter(({ ServiceName }) =>
    JSON.stringify(ServiceName).includes(`".${service}"`),
  );
  return found.flatMap(({ PolicyDocument }) => (PolicyDocument as { Statement: Statement[] }).Statement);
}

describe('PrivateNetwork', () => {
  it('has no way to the internet, nor in from there', () => {
    const { stack, network } = makeNetwork();
    network.clientGroup(stack, 'Clients', 'Those who call');
    const types = typesIn(stack);
    for (const way of ['InternetGateway', 'NatGateway', 'EgressOnlyInternetGateway', 'Route', 'EIP']) {
      expect(types).not.toContain(`AWS::EC2::${way}`);
    }
    for (const [, { Properties }] of resourcesOfType(templateOf(stack), 'AWS::EC2::Subnet')) {
      expect(Properties.MapPublicIpOnLaunch).toBe(false);
    }
  });

  it('has a subnet in each of two zones by default, with addresses that stay when a zone is added', () => {
    const subnets = (zones?: number) =>
      resourcesOfType(templateOf(makeNetwork(zones ? { zones } : {}).stack), 'AWS::EC2::Subnet').map(
        ([, { Properties }]) => ({ zone: Properties.AvailabilityZone, cidr: Properties.CidrBlock }),
      );
    expect(subnets()).toHaveLength(2);
    expect(subnets(3)).toHaveLength(3);
    expect(subnets(3).slice(0, 2)).toEqual(subnets());
    expect(subnets().map(({ zone }) => zone)).toEqual([
      { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] },
      { 'Fn::Select': [1, { 'Fn::GetAZs': '' }] },
    ]);
  });

  it('divides its addresses by eight: a /16 has subnets of /19', () => {
    const { stack } = makeNetwork({ cidr: '10.1.0.0/16' });
    expect(onlyResource(stack, 'AWS::EC2::VPC').Properties.CidrBlock).toBe('10.1.0.0/16');
    const [[, subnet] = []] = resourcesOfType(templateOf(stack), 'AWS::EC2::Subnet');
    expect(subnet?.Properties.CidrBlock).toEqual({
      'Fn::Select': [0, { 'Fn::Cidr': [expect.anything(), 8, '13'] }],
    });
  });

  it('routes every subnet by the one table that the gateway endpoints write to', () => {
    const { stack } = makeNetwork();
    const [[table = ''] = []] = resourcesOfType(templateOf(stack), 'AWS::EC2::RouteTable');
    const associations = resourcesOfType(templateOf(stack), 'AWS::EC2::SubnetRouteTableAssociation');
    expect(associations.map(([, { Properties }]) => referredId(Properties.RouteTableId))).toEqual([
      table,
      table,
    ]);
    for (const { RouteTableIds } of endpoints(stack, 'Gateway'))
      expect(RouteTableIds).toEqual([{ Ref: table }]);
  });

  it('looks nothing up, also in a stack that names its account and region', () => {
    const app = new App({ outdir: temporaryDirectory(), context: { 'aws:cdk:bundling-stacks': [] } });
    const stack = new Stack(app, 'orders', { env: { account: '111122223333', region: 'eu-west-1' } });
    new PrivateNetwork(stack, 'Network', { services: ['sqs'] });
    expect(app.synth().manifest.missing ?? []).toEqual([]);
  });

  it('brings no function of CDK, for closing a group that nothing has', () => {
    const types = typesIn(makeNetwork().stack);
    expect([...types].filter(type => /^Custom::|Lambda/.test(type))).toEqual([]);
  });
});

describe('endpoints of a PrivateNetwork', () => {
  it('are one of each service, in every subnet, under the name of the service', () => {
    const { stack } = makeNetwork({ services: ['sqs', 'ecr.api'] });
    const subnets = resourcesOfType(templateOf(stack), 'AWS::EC2::Subnet').map(([id]) => ({ Ref: id }));
    const found = endpoints(stack, 'Interface');
    expect(found.map(({ ServiceName }) => JSON.stringify(ServiceName))).toEqual([
      expect.stringContaining('".sqs"'),
      expect.stringContaining('".ecr.api"'),
    ]);
    for (const endpoint of found) {
      expect(endpoint).toMatchObject({ PrivateDnsEnabled: true, SubnetIds: subnets });
    }
  });

  it('are for everyone of this account, and are about this account: who else is asked elsewhere', () => {
    const { stack } = makeNetwork({ services: ['sqs'] });
    expect(statementsOf(stack, 'Interface', 'sqs')).toEqual([
      {
        Effect: 'Allow',
        Principal: '*',
        Action: 'sqs:*',
        Resource: stack.resolve(stack.formatArn({ service: 'sqs', resource: '*' })),
        Condition: { StringEquals: { 'aws:PrincipalAccount': { Ref: 'AWS::AccountId' } } },
      },
    ]);
  });

  it('let in over HTTPS whom a client group was made for, and nobody else', () => {
    const { stack, network } = makeNetwork();
    const clients = network.clientGroup(stack, 'Clients', 'Those who call');
    const [group] = endpoints(stack, 'Interface').map(
      ({ SecurityGroupIds }) => (SecurityGroupIds as unknown[])[0],
    );
    expect(onlyResource(stack, 'AWS::EC2::SecurityGroupIngress').Properties).toMatchObject({
      GroupId: group,
      SourceSecurityGroupId: stack.resolve(clients.securityGroupId),
      IpProtocol: 'tcp',
      FromPort: 443,
      ToPort: 443,
    });
    const groups = resourcesOfType(templateOf(stack), 'AWS::EC2::SecurityGroup');
    expect(groups.map(([, { Properties }]) => Properties.SecurityGroupIngress)).toEqual([
      undefined,
      undefined,
    ]);
    expect(resourceOf(clients).Properties.SecurityGroupEgress).toEqual([
      expect.objectContaining({ CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 443, ToPort: 443 }),
    ]);
  });

  it('can be had by the name of the service', () => {
    const { network } = makeNetwork();
    expect(JSON.stringify(resourceOf(network.endpoint('sqs')).Properties.ServiceName)).toContain('".sqs"');
    expect(() => network.endpoint('sns')).toThrow(
      'orders/Network has no endpoint of sns; it has: sqs, logs. Name it in services.',
    );
  });

  it('of S3 let packages of Amazon Linux through, signed or not, and nothing of any other bucket', () => {
    const { stack } = makeNetwork();
    expect(statementsOf(stack, 'Gateway', 's3')).toEqual([
      {
        Sid: 'AmazonLinuxPackages',
        Effect: 'Allow',
        Principal: '*',
        Action: 's3:GetObject',
        Resource: {
          'Fn::Join': [
            '',
            ['arn:', { Ref: 'AWS::Partition' }, ':s3:::al2023-repos-', { Ref: 'AWS::Region' }, '-de612dc2/*'],
          ],
        },
      },
    ]);
  });

  it('of S3 let this account make the calls that were admitted on a bucket', () => {
    const { stack, network } = makeNetwork();
    const bucket = new Bucket(stack, 'Bucket');
    network.admitBucket(bucket, 'GetObject', 'ListBucket');
    expect(statementsOf(stack, 'Gateway', 's3')).toContainEqual(
      expect.objectContaining({
        Action: ['s3:GetObject', 's3:ListBucket'],
        Resource: [stack.resolve(bucket.bucketArn), stack.resolve(bucket.arnForObjects('*'))],
        Condition: { StringEquals: { 'aws:PrincipalAccount': { Ref: 'AWS::AccountId' } } },
      }),
    );
  });

  it('of S3 let image layers through once they are admitted', () => {
    const { stack, network } = makeNetwork();
    network.admitImageLayers();
    expect(statementsOf(stack, 'Gateway', 's3').find(({ Sid }) => Sid === 'ImageLayers')).toMatchObject({
      Action: 's3:GetObject',
      Resource: {
        'Fn::Join': ['', expect.arrayContaining([':s3:::prod-', '-starport-layer-bucket/*'])],
      },
    });
  });

  it('of DynamoDB let this account at its own tables', () => {
    const { stack } = makeNetwork();
    expect(statementsOf(stack, 'Gateway', 'dynamodb')).toEqual([
      expect.objectContaining({
        Action: 'dynamodb:*',
        Resource: stack.resolve(
          stack.formatArn({ service: 'dynamodb', resource: 'table', resourceName: '*' }),
        ),
        Condition: { StringEquals: { 'aws:PrincipalAccount': { Ref: 'AWS::AccountId' } } },
      }),
    ]);
  });
});

describe('flow logs of a PrivateNetwork', () => {
  it('keep accepted and refused traffic in a log group of their own, for a week by default', () => {
    const { stack, network } = makeNetwork();
    expect(onlyResource(stack, 'AWS::EC2::FlowLog').Properties).toMatchObject({
      ResourceType: 'VPC',
      TrafficType: 'ALL',
      LogDestinationType: 'cloud-watch-logs',
      LogGroupName: stack.resolve(network.flowLog.logGroupName),
    });
    expect(resourceOf(network.flowLog)).toMatchObject({
      Properties: { RetentionInDays: 7 },
      DeletionPolicy: 'Retain',
    });
  });

  it('are kept for as long as is asked', () => {
    const { network } = makeNetwork({ logRetention: RetentionDays.THREE_MONTHS });
    expect(resourceOf(network.flowLog).Properties.RetentionInDays).toBe(90);
  });

  it('are written by a role that only flow logs of this account may have', () => {
    const { stack } = makeNetwork();
    expect(onlyResource(stack, 'AWS::IAM::Role').Properties.AssumeRolePolicyDocument).toMatchObject({
      Statement: [
        {
          Principal: { Service: 'vpc-flow-logs.amazonaws.com' },
          Condition: {
            ArnLike: {
              'aws:SourceArn': stack.resolve(
                stack.formatArn({ service: 'ec2', resource: 'vpc-flow-log', resourceName: '*' }),
              ),
            },
            StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
          },
        },
      ],
    });
  });
});

describe('props of a PrivateNetwork', () => {
  it.each<[string, Partial<PrivateNetworkProps>, string]>([
    ['there is one zone', { zones: 1 }, 'zones is 1; allowed: a whole number from 2 to 6. One zone alone'],
    ['there are more zones than ranges', { zones: 7 }, 'zones is 7; allowed: a whole number from 2 to 6.'],
    [
      'cidr has too many addresses',
      { cidr: '10.0.0.0/8' },
      'cidr is 10.0.0.0/8; allowed: IPv4 addresses with a prefix from /16 to /24. Give a range',
    ],
    ['cidr has too few addresses', { cidr: '10.0.0.0/25' }, 'cidr is 10.0.0.0/25; allowed: IPv4 addresses'],
    [
      'a service is named twice',
      { services: ['sqs', 'logs', 'sqs'] },
      'services is sqs; allowed: each service once. Private DNS',
    ],
  ])('fails when %s', (_, props, message) => {
    expect(() => makeNetwork(props)).toThrow(PropsError);
    expect(() => makeNetwork(props)).toThrow(`orders/Network: ${message}`);
  });
});
