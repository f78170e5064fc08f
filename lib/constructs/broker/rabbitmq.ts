import { Duration } from 'aws-cdk-lib';
import { within } from '../validation.ts';
import type { BrokerEngine } from './broker-engine.ts';

export interface RabbitMqProps {
  /**
   * One node, which is away for minutes at its maintenance; or three in as many zones, of which one may fail.
   *
   * @default 'single-instance'
   */
  readonly deployment?: 'single-instance' | 'cluster';

  /**
   * Machine of a node; RabbitMQ 4 runs on `mq.m7g` alone.
   *
   * @default 'mq.m7g.medium', which is for trying out; 'mq.m7g.large' for the nodes of a cluster
   */
  readonly instanceType?: string;

  /**
   * How long a consumer may have a message in hand before the broker closes its channel, up to a day.
   *
   * @default Duration.minutes(30)
   */
  readonly consumerTimeout?: Duration;
}

const sizes = ['medium', 'large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '12xlarge', '16xlarge'];

/**
 * RabbitMQ. Amazon MQ takes a few keys of `rabbitmq.conf` and no queues, policies or users: those are made over
 * AMQP, by the programs that need them, or over the management API.
 *
 * @see https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-4.html
 * @see https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/configurable-values.html
 */
export function rabbitMq(props: RabbitMqProps = {}): BrokerEngine {
  const isCluster = props.deployment === 'cluster';
  const hostInstanceType = props.instanceType ?? (isCluster ? 'mq.m7g.large' : 'mq.m7g.medium');
  const consumerTimeout = props.consumerTimeout ?? Duration.minutes(30);
  return {
    engineType: 'RABBITMQ',
    engineVersion: '4.2',
    deploymentMode: isCluster ? 'CLUSTER_MULTI_AZ' : 'SINGLE_INSTANCE',
    hostInstanceType,
    zones: isCluster ? 3 : 1,
    protocol: 'amqp',
    port: 5671,
    eventSourcePort: 5671,
    configuration: [
      '# How long a consumer may have a message in hand, in milliseconds.',
      `consumer_timeout = ${consumerTimeout.toMilliseconds()}`,
      '',
    ].join('\n'),
    // It keeps no audit of what administrators do: CloudTrail has the calls of Amazon MQ, and no others.
    logs: { general: true },
    takesKey: false,
    rules: [
      {
        prop: 'instanceType',
        value: hostInstanceType,
        holds: sizes.some(size => hostInstanceType === `mq.m7g.${size}`),
        allowed: `mq.m7g. and one of ${sizes.join(', ')}`,
        remedy: 'Amazon MQ runs RabbitMQ 4 on no other machines.',
      },
      {
        prop: 'instanceType',
        value: hostInstanceType,
        holds: !isCluster || hostInstanceType !== 'mq.m7g.medium',
        allowed: 'mq.m7g.large or larger for a cluster',
        remedy:
          'A medium is for trying out: it has the least of every limit, and a cluster is for what must go on.',
      },
      {
        prop: 'consumerTimeout',
        value: `${consumerTimeout.toSeconds()} s`,
        holds: within(consumerTimeout.toSeconds(), 60, Duration.days(1).toSeconds()),
        allowed: '1 minute to 1 day',
        remedy: 'Messages of consumers that hang are handed to nobody else for so long.',
      },
    ],
  };
}
