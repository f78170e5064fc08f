import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { BrokerEngine } from '../broker/broker-engine.ts';
import type { MessageBroker } from '../message-broker.ts';

const namespace = 'AWS/AmazonMQ';

type Names<Subject extends string> = Readonly<
  Record<BrokerEngine['engineType'], Readonly<Record<Subject, string>>>
>;

/** What is told of a broker of either kind. */
export type BrokerMeasure = 'processors' | 'connections';

/** What is told of a queue: messages that wait, those in somebody's hand, both, and who takes them. */
export type QueueMeasure = 'waiting' | 'inHand' | 'all' | 'consumers';

const ofBrokers: Names<BrokerMeasure> = {
  RABBITMQ: { processors: 'SystemCpuUtilization', connections: 'ConnectionCount' },
  ACTIVEMQ: { processors: 'CpuUtilization', connections: 'CurrentConnectionsCount' },
};

/** ActiveMQ tells of no messages that are in nobody's hand: of those that wait, it counts those in hand too. */
const ofQueues: Names<QueueMeasure> = {
  RABBITMQ: {
    waiting: 'MessageReadyCount',
    inHand: 'MessageUnacknowledgedCount',
    all: 'MessageCount',
    consumers: 'ConsumerCount',
  },
  ACTIVEMQ: { waiting: 'QueueSize', inHand: 'InFlightCount', all: 'QueueSize', consumers: 'ConsumerCount' },
};

export function brokerMeasure(
  broker: MessageBroker,
  measure: BrokerMeasure,
  options: cloudwatch.MetricOptions,
): cloudwatch.IMetric {
  return brokerMetric(broker, ofBrokers[broker.engine.engineType][measure], options);
}

/** A metric of a broker that goes by this name, which one of the other kind does not have. */
export function brokerMetric(
  broker: MessageBroker,
  metricName: string,
  options: cloudwatch.MetricOptions,
): cloudwatch.IMetric {
  return ofActive(broker, options, { metricName, dimensions: {} });
}

export function queueMeasure(
  broker: MessageBroker,
  queue: string,
  measure: QueueMeasure,
  options: cloudwatch.MetricOptions,
): cloudwatch.IMetric {
  const { engineType } = broker.engine;
  return ofActive(broker, options, {
    metricName: ofQueues[engineType][measure],
    dimensions: { ...(engineType === 'RABBITMQ' && { VirtualHost: '/' }), Queue: queue },
  });
}

/**
 * What the instance reports that is active. ActiveMQ reports for each of its instances, `orders-1` and `orders-2`; of
 * a pair, one is silent until it takes over, and then the other.
 *
 * @see https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/activemq-logging-monitoring.html
 */
function ofActive(
  { brokerName, engine }: MessageBroker,
  options: cloudwatch.MetricOptions,
  { metricName, dimensions }: { readonly metricName: string; readonly dimensions: Record<string, string> },
): cloudwatch.IMetric {
  const metric = (Broker: string) =>
    new cloudwatch.Metric({ namespace, metricName, dimensionsMap: { Broker, ...dimensions }, ...options });
  if (engine.engineType === 'RABBITMQ') return metric(brokerName);
  const first = metric(`${brokerName}-1`);
  if (engine.zones === 1) return first;
  // Ids of their own: a graph shows several of these.
  const id = [metricName, dimensions.Queue].filter(Boolean).join('_').replaceAll(/\W/g, '_');
  return new cloudwatch.MathExpression({
    expression: `MAX([FILL(first_${id}, 0), FILL(second_${id}, 0)])`,
    usingMetrics: { [`first_${id}`]: first, [`second_${id}`]: metric(`${brokerName}-2`) },
    period: first.period,
    label: options.label ?? metricName,
  });
}
