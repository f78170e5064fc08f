import { ACCOUNT_ID } from '../assembly/cloud-assembly.ts';
import type { ResourceDeclaration } from '../assembly/resource.ts';
import { type BrokerKind, brokerPrograms } from '../brokers/brokers.ts';
import { physicalName } from './physical-name.ts';
import { listOf, textOf } from './property-values.ts';
import type { ResourceProvider } from './provider.ts';

/** @see https://docs.aws.amazon.com/amazon-mq/latest/api-reference/brokers.html */
const NAME_LIMIT = 50;

interface User {
  readonly Username: string;
  readonly Password: string;
}

/** What each kind of broker is connected to by. */
const endpoints: Readonly<Record<BrokerKind, string>> = {
  RABBITMQ: 'AmqpEndpoints',
  ACTIVEMQ: 'StompEndpoints',
};

export const brokerProvider: ResourceProvider = {
  type: 'AWS::AmazonMQ::Broker',
  // After its configuration, and the secret that holds its password.
  phase: 'compute',
  identify(resource, addresses) {
    const name = brokerName(resource);
    const id = `b-${resource.logicalId.slice(-8).toLowerCase()}`;
    const kind = kindOf(resource);
    return {
      ref: id,
      attributes: {
        Id: id,
        Arn: `arn:aws:mq:${resource.region}:${ACCOUNT_ID}:broker:${name}:${id}`,
        [endpoints[kind]]: [addresses.broker(name, kind)],
      },
    };
  },
  async provision(resource, services) {
    const kind = kindOf(resource);
    const program = brokerPrograms[kind];
    if (!program.isInstalled()) {
      services.note(resource, `does not run here: this machine lacks ${program.name}`);
      return;
    }
    const [user] = listOf<User>(resource, 'Users');
    if (user === undefined) throw new Error('The broker has no user.');
    const { Id: settings = '' } = (resource.property('Configuration') ?? {}) as { Id?: string };
    const { Username: username, Password } = user;
    const password = lookedUp(Password, services.secrets);
    await services.brokers.start(brokerName(resource), kind, { username, password }, settings);
  },
};

/** What a broker is set to; one of this machine takes over what Amazon MQ would, of ActiveMQ. */
export const brokerConfigurationProvider: ResourceProvider = {
  type: 'AWS::AmazonMQ::Configuration',
  phase: 'stores',
  identify(resource) {
    const id = configurationId(resource);
    return {
      ref: id,
      attributes: {
        Id: id,
        Arn: `arn:aws:mq:${resource.region}:${ACCOUNT_ID}:configuration:${id}`,
        Revision: '1',
      },
    };
  },
  async provision(resource, { brokers }) {
    const data = Buffer.from(textOf(resource, 'Data'), 'base64').toString();
    brokers.keepConfiguration(configurationId(resource), data);
  },
};

function configurationId({ logicalId }: ResourceDeclaration): string {
  return `c-${logicalId.slice(-8).toLowerCase()}`;
}

function kindOf(resource: ResourceDeclaration): BrokerKind {
  return resource.property('EngineType') === 'ACTIVEMQ' ? 'ACTIVEMQ' : 'RABBITMQ';
}

function brokerName(resource: ResourceDeclaration): string {
  return physicalName(resource, resource.property('BrokerName'), { limit: NAME_LIMIT });
}

/** A value, or what a reference to a secret's JSON stands for. */
function lookedUp(value: string, secrets: { valueOf(id: string): string }): string {
  const [, arn, key] =
    /^\{\{resolve:secretsmanager:(arn(?::[^:]+){6}):SecretString:(\w+)\}\}$/.exec(value) ?? [];
  if (arn === undefined || key === undefined) return value;
  return String((JSON.parse(secrets.valueOf(arn)) as Record<string, unknown>)[key]);
}
