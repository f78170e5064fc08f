import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { MessageBroker } from '../../message-broker.ts';
import { brokerMetric, queueMetric } from '../broker-metrics.ts';
import { everyMinute, type Graph } from './graph.ts';

const most = { ...everyMinute, statistic: cloudwatch.Stats.MAXIMUM };

/**
 * A RabbitMQ broker: its memory against the limit and its processors, its connections, and what goes through it.
 *
 * @see https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-logging-monitoring.html
 */
export function brokerGraphs(broker: MessageBroker): Graph[] {
  const name = broker.node.id;
  const metric = (metricName: string, label: string) => brokerMetric(broker, metricName, { ...most, label });
  return [
    {
      title: `${name}: memory (bytes), processors (%)`,
      left: [metric('RabbitMQMemUsed', 'memory'), metric('RabbitMQMemLimit', 'limit')],
      right: [metric('SystemCpuUtilization', 'processors')],
    },
    {
      title: `${name}: messages a second (count), connections (count)`,
      left: [
        metric('PublishRate', 'published'),
        metric('ConfirmRate', 'confirmed'),
        metric('AckRate', 'acknowledged'),
      ],
      right: [metric('ConnectionCount', 'connections')],
    },
  ];
}

/** A queue of a RabbitMQ broker: messages that wait, and that consumers have in hand; how many consumers. */
export function brokerQueueGraph(broker: MessageBroker, queue: string): Graph {
  const metric = (metricName: string, label: string) =>
    queueMetric(broker, queue, metricName, { ...most, label });
  return {
    title: `${queue}: messages (count), consumers (count)`,
    left: [metric('MessageReadyCount', 'waiting'), metric('MessageUnacknowledgedCount', 'in hand')],
    right: [metric('ConsumerCount', 'consumers')],
  };
}

/** DLQs of a RabbitMQ broker side by side: each should be at zero. */
export function brokerDeadLetterGraph(broker: MessageBroker, queues: readonly string[]): Graph {
  return {
    title: 'DLQs on the broker: messages (count)',
    left: queues.map(queue => queueMetric(broker, queue, 'MessageCount', { ...most, label: queue })),
  };
}
