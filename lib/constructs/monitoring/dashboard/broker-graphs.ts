import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { MessageBroker } from '../../message-broker.ts';
import { brokerMeasure, brokerMetric, type QueueMeasure, queueMeasure } from '../broker-metrics.ts';
import { everyMinute, type Graph } from './graph.ts';

const most = { ...everyMinute, statistic: cloudwatch.Stats.MAXIMUM };

/** A broker: its memory and processors, its connections, and what goes through it or waits in it. */
export function brokerGraphs(broker: MessageBroker): Graph[] {
  return broker.engine.engineType === 'RABBITMQ' ? rabbitMqGraphs(broker) : activeMqGraphs(broker);
}

/** @see https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-logging-monitoring.html */
function rabbitMqGraphs(broker: MessageBroker): Graph[] {
  const name = broker.node.id;
  const metric = (metricName: string, label: string) => brokerMetric(broker, metricName, { ...most, label });
  return [
    {
      title: `${name}: memory (bytes), processors (%)`,
      left: [metric('RabbitMQMemUsed', 'memory'), metric('RabbitMQMemLimit', 'limit')],
      right: [brokerMeasure(broker, 'processors', { ...most, label: 'processors' })],
    },
    {
      title: `${name}: messages a second (count), connections (count)`,
      left: [
        metric('PublishRate', 'published'),
        metric('ConfirmRate', 'confirmed'),
        metric('AckRate', 'acknowledged'),
      ],
      right: [brokerMeasure(broker, 'connections', { ...most, label: 'connections' })],
    },
  ];
}

/** @see https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/activemq-logging-monitoring.html */
function activeMqGraphs(broker: MessageBroker): Graph[] {
  const name = broker.node.id;
  const metric = (metricName: string, label: string) => brokerMetric(broker, metricName, { ...most, label });
  return [
    {
      title: `${name}: heap, store, processors (%)`,
      left: [
        metric('HeapUsage', 'heap'),
        metric('StorePercentUsage', 'store'),
        brokerMeasure(broker, 'processors', { ...most, label: 'processors' }),
      ],
    },
    {
      title: `${name}: messages in it (count), connections (count)`,
      left: [metric('TotalMessageCount', 'messages')],
      right: [brokerMeasure(broker, 'connections', { ...most, label: 'connections' })],
    },
  ];
}

/**
 * A queue of a broker: messages that wait, and that consumers have in hand; how many consumers. ActiveMQ counts
 * those in hand among those that wait.
 */
export function brokerQueueGraph(broker: MessageBroker, queue: string): Graph {
  const measure = (what: QueueMeasure, label: string) =>
    queueMeasure(broker, queue, what, { ...most, label });
  return {
    title: `${queue}: messages (count), consumers (count)`,
    left: [measure('waiting', 'waiting'), measure('inHand', 'in hand')],
    right: [measure('consumers', 'consumers')],
  };
}

/** DLQs of a broker side by side: each should be at zero. */
export function brokerDeadLetterGraph(broker: MessageBroker, queues: readonly string[]): Graph {
  return {
    title: 'DLQs on the broker: messages (count)',
    left: queues.map(queue => queueMeasure(broker, queue, 'all', { ...most, label: queue })),
  };
}
