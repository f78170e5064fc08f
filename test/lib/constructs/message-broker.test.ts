import { Duration, type Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ActiveMqProps, activeMq } from '../../../lib/constructs/broker/activemq.ts';
import type { BrokerEngine } from '../../../lib/constructs/broker/broker-engine.ts';
import { rabbitMq } from '../../../lib/constructs/broker/rabbitmq.ts';
import { MessageBroker, type MessageBrokerProps } from '../../../lib/constructs/message-broker.ts';
import { PrivateNetwork } from '../../../lib/constructs/private-network.ts';
import { PropsError } from '../../../lib/constructs/validation.ts';
import {
  onlyResource,
  referredId,
  resourcesOfType,
  templateOf,
  testStack,
} from '../../support/stack-template.ts';

type Options = Partial<MessageBrokerProps> & { readonly zones?: number };

function makeBroker({ zones = 3, ...options }: Options = {}) {
  const stack = testStack();
  const network = new PrivateNetwork(stack, 'Network', { services: ['lambda', 'secretsmanager'], zones });
  const broker = new MessageBroker(stack, 'Broker', { network, engine: rabbitMq(), ...options });
  return { stack, network, broker };
}

const brokerOf = (options?: Options) =>
  onlyResource(makeBroker(options).stack, 'AWS::AmazonMQ::Broker').Properties;

function configurationOf(engine: BrokerEngine): string {
  const { Data } = onlyResource(makeBroker({ engine }).stack, 'AWS::AmazonMQ::Configuration').Properties;
  return Buffer.from(String(Data), 'base64').toString();
}

function secretIn(stack: Stack) {
  const [entry] = resourcesOfType(templateOf(stack), 'AWS::SecretsManager::Secret');
  if (!entry) throw new Error('There is no secret');
  return entry;
}

describe('MessageBroker', () => {
  it('is in the network alone, and keeps itself up to date', () => {
    expect(brokerOf()).toMatchObject({ PubliclyAccessible: false, AutoMinorVersionUpgrade: true });
  });

  it('has a password that is made up when it is deployed, and stands in no template', () => {
    const { stack } = makeBroker();
    const [secretId, secret] = secretIn(stack);
    const [user] = onlyResource(stack, 'AWS::AmazonMQ::Broker').Properties.Users as {
      Username: string;
      Password: unknown;
    }[];
    expect(user).toEqual({
      Username: 'messaging',
      Password: {
        'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: secretId }, ':SecretString:password}}']],
      },
    });
    expect(secret.Properties).toMatchObject({
      GenerateSecretString: {
        SecretStringTemplate: '{"username":"messaging"}',
        GenerateStringKey: 'password',
        PasswordLength: 40,
        ExcludePunctuation: true,
      },
    });
    expect(secret.Properties.SecretString).toBeUndefined();
  });

  it('keeps its password under a key of its own', () => {
    const { stack } = makeBroker();
    const [, secret] = secretIn(stack);
    const [keyId] = resourcesOfType(templateOf(stack), 'AWS::KMS::Key').map(([id]) => id);
    expect(referredId(secret.Properties.KmsKeyId)).toBe(keyId);
  });

  it('is maintained on Sundays at three unless told otherwise', () => {
    expect(brokerOf().MaintenanceWindowStartTime).toEqual({
      DayOfWeek: 'SUNDAY',
      TimeOfDay: '03:00',
      TimeZone: 'UTC',
    });
    expect(
      brokerOf({ maintenance: { day: 'TUESDAY', time: '22:30' } }).MaintenanceWindowStartTime,
    ).toMatchObject({ DayOfWeek: 'TUESDAY', TimeOfDay: '22:30' });
  });

  it('lets in whoever is admitted, on its port, and its own pollers', () => {
    const { stack, network, broker } = makeBroker();
    const role = new Role(stack, 'Client', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
    broker.admit({ securityGroup: network.clientGroup(stack, 'Clients', 'Clients'), role }, 'Clients');
    const ingress = resourcesOfType(templateOf(stack), 'AWS::EC2::SecurityGroupIngress')
      .map(([, { Properties }]) => Properties)
      .filter(({ GroupId }) => referredId(GroupId)?.startsWith('BrokerGroup'));
    expect(
      ingress.map(({ FromPort, ToPort, SourceSecurityGroupId }) => [
        referredId(SourceSecurityGroupId)?.replace(/[0-9A-F]{8}$/, ''),
        FromPort,
        ToPort,
      ]),
    ).toEqual([
      ['BrokerGroup', 5671, 5671],
      ['Clients', 5671, 5671],
    ]);
    expect(JSON.stringify(templateOf(stack).Resources)).toContain('secretsmanager:GetSecretValue');
  });

  it.each<[string, Options]>([
    ['zones', { zones: 2, engine: rabbitMq({ deployment: 'cluster' }) }],
    ['username', { username: 'guest' }],
    ['username', { username: 'me & you' }],
    ['maintenance.time', { maintenance: { day: 'MONDAY', time: '3 am' } }],
    ['instanceType', { engine: rabbitMq({ instanceType: 'mq.m5.large' }) }],
    ['instanceType', { engine: rabbitMq({ deployment: 'cluster', instanceType: 'mq.m7g.medium' }) }],
    ['consumerTimeout', { engine: rabbitMq({ consumerTimeout: Duration.seconds(30) }) }],
    ['instanceType', { engine: activeMq({ instanceType: 'mq.m7g.large' }) }],
    ['deliveryLimit', { engine: activeMq({ deliveryLimit: 1 }) }],
  ])('fails when %s cannot be: %j', (prop, options) => {
    expect(() => makeBroker(options)).toThrow(PropsError);
    expect(() => makeBroker(options)).toThrow(prop);
  });
});

it('fails when its place in the app makes a name that Amazon MQ does not take', () => {
  const stack = testStack();
  const network = new PrivateNetwork(stack, 'Network', { services: ['lambda'] });
  const id = 'B'.repeat(44);
  expect(() => new MessageBroker(stack, id, { network, engine: rabbitMq() })).toThrow(PropsError);
});

describe('with RabbitMQ', () => {
  it('is one node in one subnet by default', () => {
    const { SubnetIds, ...properties } = brokerOf();
    expect(properties).toMatchObject({
      EngineType: 'RABBITMQ',
      EngineVersion: '4.2',
      DeploymentMode: 'SINGLE_INSTANCE',
      HostInstanceType: 'mq.m7g.medium',
    });
    expect(SubnetIds).toHaveLength(1);
  });

  it('can be a cluster of larger nodes in three subnets', () => {
    const { SubnetIds, ...properties } = brokerOf({ engine: rabbitMq({ deployment: 'cluster' }) });
    expect(properties).toMatchObject({
      DeploymentMode: 'CLUSTER_MULTI_AZ',
      HostInstanceType: 'mq.m7g.large',
    });
    expect(SubnetIds).toHaveLength(3);
  });

  it('closes the channel of a consumer that hangs for half an hour', () => {
    expect(configurationOf(rabbitMq())).toContain('consumer_timeout = 1800000\n');
    expect(configurationOf(rabbitMq({ consumerTimeout: Duration.minutes(5) }))).toContain('= 300000\n');
  });

  it('asks for no audit log and no key of its disks, which Amazon MQ refuses', () => {
    expect(brokerOf().Logs).toEqual({ General: true });
    expect(brokerOf().EncryptionOptions).toBeUndefined();
  });
});

describe('with ActiveMQ', () => {
  const active = (props?: ActiveMqProps) => brokerOf({ engine: activeMq(props) });

  it('is one instance in one subnet by default', () => {
    expect(active()).toMatchObject({
      EngineType: 'ACTIVEMQ',
      DeploymentMode: 'SINGLE_INSTANCE',
      HostInstanceType: 'mq.m5.large',
    });
    expect(active().SubnetIds).toHaveLength(1);
  });

  it('can be a pair in two subnets', () => {
    const pair = active({ deployment: 'active-standby' });
    expect(pair.DeploymentMode).toBe('ACTIVE_STANDBY_MULTI_AZ');
    expect(pair.SubnetIds).toHaveLength(2);
  });

  it('lets its user into the console, where dead letters are looked at', () => {
    expect(active().Users).toMatchObject([{ Username: 'messaging', ConsoleAccess: true }]);
    expect(brokerOf().Users).not.toMatchObject([{ ConsoleAccess: true }]);
  });

  it('gives each queue a DLQ, and a message up after five deliveries', () => {
    expect(configurationOf(activeMq())).toContain('maximumRedeliveries="4"');
    expect(configurationOf(activeMq())).toContain('queuePrefix="DLQ."');
  });

  it('writes both logs, which Amazon MQ may do for brokers of this account', () => {
    const { stack } = makeBroker({ engine: activeMq() });
    expect(onlyResource(stack, 'AWS::AmazonMQ::Broker').Properties.Logs).toEqual({
      General: true,
      Audit: true,
    });
    const policy = JSON.stringify(onlyResource(stack, 'AWS::Logs::ResourcePolicy').Properties);
    expect(policy).toContain('mq.amazonaws.com');
    expect(policy).toContain('aws:SourceAccount');
  });

  it('has its disks under a key of the account', () => {
    const { stack } = makeBroker({ engine: activeMq() });
    const { KmsKeyId, UseAwsOwnedKey } = onlyResource(stack, 'AWS::AmazonMQ::Broker').Properties
      .EncryptionOptions as { KmsKeyId: unknown; UseAwsOwnedKey: boolean };
    expect(UseAwsOwnedKey).toBe(false);
    expect(referredId(KmsKeyId)).toMatch(/^BrokerDiskKey/);
  });
});
