import { ACCOUNT_ID } from '../assembly/cloud-assembly.ts';
import type { ResourceDeclaration } from '../assembly/resource.ts';
import { physicalName } from './physical-name.ts';
import { listOf } from './property-values.ts';
import type { ResourceProvider } from './provider.ts';

/** @see https://docs.aws.amazon.com/amazon-mq/latest/api-reference/brokers.html */
const NAME_LIMIT = 50;

interface User {
  readonly Username: string;
  readonly Password: string;
}

export const brokerProvider: ResourceProvider = {
  type: 'AWS::AmazonMQ::Broker',
  // After the secret that holds its password.
  phase: 'compute',
  identify(resource, addresses) {
    const name = brokerName(resource);
    const id = `b-${resource.logicalId.slice(-8).toLowerCase()}`;
    return {
      ref: id,
      attributes: {
        Id: id,
        Arn: `arn:aws:mq:${resource.region}:${ACCOUNT_ID}:broker:${name}:${id}`,
        AmqpEndpoints: [addresses.broker(name)],
      },
    };
  },
  async provision(resource, services) {
    if (resource.property('EngineType') !== 'RABBITMQ') {
      services.note(resource, 'does not run here: of brokers, RabbitMQ alone does');
      return;
    }
    if (!services.brokers.areInstalled) {
      services.note(resource, 'does not run here: no rabbitmq-server is installed on this machine');
      return;
    }
    const [user] = listOf<User>(resource, 'Users');
    if (user === undefined) throw new Error('The broker has no user.');
    await services.brokers.start(brokerName(resource), {
      username: user.Username,
      password: lookedUp(user.Password, services.secrets),
    });
  },
};

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
