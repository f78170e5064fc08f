import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { MessageBroker } from '../message-broker.ts';

const namespace = 'AWS/AmazonMQ';

/**
 * A metric of a broker. An ActiveMQ broker reports as its first instance: of a pair, that which is not active
 * reports nothing.
 */
export function brokerMetric(
  { brokerName, engine }: MessageBroker,
  metricName: string,
  options: cloudwatch.MetricOptions,
): cloudwatch.Metric {
  const Broker = engine.engineType === 'ACTIVEMQ' ? `${brokerName}-1` : brokerName;
  return new cloudwatch.Metric({ namespace, metricName, dimensionsMap: { Broker }, ...options });
}

/** A metric of a queue of a RabbitMQ broker. */
export function queueMetric(
  { brokerName }: MessageBroker,
  queue: string,
  metricName: string,
  options: cloudwatch.MetricOptions,
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace,
    metricName,
    dimensionsMap: { Broker: brokerName, VirtualHost: '/', Queue: queue },
    ...options,
  });
}
