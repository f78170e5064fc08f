import { ArnFormat, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as amazonmq from 'aws-cdk-lib/aws-amazonmq';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { BrokerEngine } from './broker/broker-engine.ts';
import { BrokerSecret } from './broker/broker-secret.ts';
import { deliveredFor } from './delivery-source.ts';
import type { PrivateNetwork } from './private-network.ts';
import { validateProps } from './validation.ts';

export interface MessageBrokerProps {
  /** Where it lives; with as many zones as the engine's deployment is in. */
  readonly network: PrivateNetwork;

  /** What it is: `rabbitMq()` or `activeMq()`. */
  readonly engine: BrokerEngine;

  /**
   * Name of its one user.
   *
   * @default 'messaging'
   */
  readonly username?: string;

  /**
   * When AWS may restart it for patches: a day and a time in UTC, for two hours.
   *
   * @default Sunday, 03:00
   */
  readonly maintenance?: { readonly day: MaintenanceDay; readonly time: string };

  /**
   * What becomes of its secret when the stack is deleted; its messages go with it.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

export type MaintenanceDay =
  | 'MONDAY'
  | 'TUESDAY'
  | 'WEDNESDAY'
  | 'THURSDAY'
  | 'FRIDAY'
  | 'SATURDAY'
  | 'SUNDAY';

/**
 * Message broker on Amazon MQ: private, over TLS alone, for the groups that were admitted, with a password that
 * nobody has seen, with logs.
 *
 * RabbitMQ's disks are under a key of AWS's, which cannot be chosen; ActiveMQ's under one of the account's.
 *
 * A broker's name, subnets, security group, engine and deployment cannot be changed: another of these is another
 * broker, and what is in its queues stays behind.
 *
 * @throws PropsError when a prop is out of range, or the network has too few zones.
 * @see https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/best-practices-rabbitmq.html
 */
export class MessageBroker extends Construct {
  readonly engine: BrokerEngine;
  readonly brokerName: string;
  readonly brokerArn: string;
  readonly username: string;
  /** Subnets and security group, in which Lambda puts what takes messages for functions. */
  readonly subnetIds: readonly string[];
  readonly securityGroup: ec2.SecurityGroup;
  readonly network: PrivateNetwork;
  readonly #broker: amazonmq.CfnBroker;
  readonly #secret: BrokerSecret;

  constructor(scope: Construct, id: string, props: MessageBrokerProps) {
    const { engine, network } = props;
    const username = props.username ?? 'messaging';
    const maintenance = props.maintenance ?? { day: 'SUNDAY', time: '03:00' };
    const subnetIds = network.vpc.isolatedSubnets.map(({ subnetId }) => subnetId);
    const brokerName = [scope.node.path, id].filter(Boolean).join('/').replaceAll('/', '-');
    validateProps(scope, id, [
      ...engine.rules,
      {
        prop: "name of the broker, its construct's path",
        value: brokerName,
        holds: /^[A-Za-z0-9_-]{1,50}$/.test(brokerName),
        allowed: '1 to 50 letters, digits, - or _',
        remedy: 'Give stack and construct shorter ids.',
      },
      {
        prop: "network's zones",
        value: subnetIds.length,
        holds: subnetIds.length >= engine.zones,
        allowed: `${engine.zones} or more for ${engine.deploymentMode}`,
        remedy: 'Give the network more zones, or choose another deployment.',
      },
      {
        prop: 'username',
        value: username,
        holds: /^[\w.-]{2,100}$/.test(username) && username !== 'guest',
        allowed: '2 to 100 letters, digits, . _ or -, and not guest',
        remedy: 'Amazon MQ refuses other names.',
      },
      {
        prop: 'maintenance.time',
        value: maintenance.time,
        holds: /^([01]\d|2[0-3]):[0-5]\d$/.test(maintenance.time),
        allowed: 'a time such as 03:00, in UTC',
        remedy: 'Choose the two hours in which the least is sent.',
      },
    ]);
    super(scope, id);

    this.engine = engine;
    this.network = network;
    this.username = username;
    this.subnetIds = subnetIds.slice(0, engine.zones);
    // One that reaches the endpoints: Lambda's pollers bear it too, and call Lambda and Secrets Manager.
    this.securityGroup = network.clientGroup(this, 'Group', `Broker ${this.node.path} and its pollers`);
    this.#admitPollers();
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;
    this.#secret = new BrokerSecret(this, 'User', { username, removalPolicy });

    this.brokerName = brokerName;
    const configuration = new amazonmq.CfnConfiguration(this, 'Configuration', {
      name: this.brokerName,
      description: `Settings of ${this.node.path}`,
      engineType: engine.engineType,
      engineVersion: engine.engineVersion,
      data: Buffer.from(engine.configuration).toString('base64'),
    });
    this.#broker = new amazonmq.CfnBroker(this, 'Broker', {
      brokerName: this.brokerName,
      engineType: engine.engineType,
      engineVersion: engine.engineVersion,
      deploymentMode: engine.deploymentMode,
      hostInstanceType: engine.hostInstanceType,
      // Of patches Amazon MQ lets nobody choose any more.
      autoMinorVersionUpgrade: true,
      publiclyAccessible: false,
      subnetIds: [...this.subnetIds],
      securityGroups: [this.securityGroup.securityGroupId],
      users: [
        {
          username,
          password: this.#secret.passwordReference,
          // Of RabbitMQ, every user has access; of ActiveMQ, whoever is said to.
          ...(engine.engineType === 'ACTIVEMQ' && { consoleAccess: true }),
        },
      ],
      configuration: { id: configuration.attrId, revision: configuration.attrRevision },
      logs: { ...engine.logs },
      maintenanceWindowStartTime: {
        dayOfWeek: maintenance.day,
        timeOfDay: maintenance.time,
        timeZone: 'UTC',
      },
      ...(engine.takesKey && { encryptionOptions: this.#ownKey(removalPolicy) }),
    });
    this.brokerArn = this.#broker.attrArn;
    if (engine.engineType === 'ACTIVEMQ') this.#admitLogs();
  }

  get brokerId(): string {
    return this.#broker.ref;
  }

  get secretArn(): string {
    return this.#secret.secretArn;
  }

  /** Addresses that programs connect to, with commas between. */
  get addresses(): string {
    const { attrAmqpEndpoints, attrStompEndpoints } = this.#broker;
    return Fn.join(',', this.engine.protocol === 'stomp' ? attrStompEndpoints : attrAmqpEndpoints);
  }

  /** Lets the bearers of a group connect to the broker, and of a role know its user. */
  admit(
    client: { readonly securityGroup: ec2.SecurityGroup; readonly role: iam.IGrantable },
    what: string,
  ): void {
    const port = ec2.Port.tcp(this.engine.port);
    this.securityGroup.addIngressRule(client.securityGroup, port, what);
    client.securityGroup.addEgressRule(this.securityGroup, port, 'To the broker, over TLS');
    this.grantCredentials(client.role);
  }

  /** Lets a principal know the broker's user. */
  grantCredentials(grantee: iam.IGrantable): iam.Grant {
    return this.#secret.grantRead(grantee);
  }

  /** Lambda's pollers bear the broker's own group: it lets itself in. */
  #admitPollers(): void {
    const port = ec2.Port.tcp(this.engine.eventSourcePort);
    this.securityGroup.addIngressRule(this.securityGroup, port, "Lambda's pollers");
    this.securityGroup.addEgressRule(this.securityGroup, port, "Lambda's pollers to the broker");
  }

  #ownKey(removalPolicy: RemovalPolicy): amazonmq.CfnBroker.EncryptionOptionsProperty {
    const key = new kms.Key(this, 'DiskKey', {
      description: `Encrypts messages on the disks of ${this.node.path}`,
      enableKeyRotation: true,
      removalPolicy,
    });
    return { useAwsOwnedKey: false, kmsKeyId: key.keyArn };
  }

  /**
   * Lets Amazon MQ write the logs of an ActiveMQ broker; those of RabbitMQ it writes under a role of its own.
   *
   * @see https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/security-logging-monitoring-configure-cloudwatch.html
   */
  #admitLogs(): void {
    const stack = Stack.of(this);
    const group = stack.formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: '/aws/amazonmq/*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const policy = new logs.CfnResourcePolicy(this, 'Logs', {
      policyName: `${this.brokerName}-logs`,
      policyDocument: stack.toJsonString({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'mq.amazonaws.com' },
            Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
            Resource: group,
            Condition: deliveredFor({
              sourceArn: stack.formatArn({
                service: 'mq',
                resource: 'broker',
                resourceName: '*',
                arnFormat: ArnFormat.COLON_RESOURCE_NAME,
              }),
              sourceAccount: stack.account,
            }),
          },
        ],
      }),
    });
    this.#broker.addResourceDependency(policy);
  }
}
