import { AlarmTopic } from '../../../../lib/constructs/alarm-topic.ts';
import { activeMq } from '../../../../lib/constructs/broker/activemq.ts';
import { rabbitMq } from '../../../../lib/constructs/broker/rabbitmq.ts';
import { MessageBroker } from '../../../../lib/constructs/message-broker.ts';
import {
  BrokerMonitoring,
  type BrokerMonitoringProps,
} from '../../../../lib/constructs/monitoring/broker-monitoring.ts';
import { PrivateNetwork } from '../../../../lib/constructs/private-network.ts';
import { resourceOf, templateOf, testStack } from '../../../support/stack-template.ts';

function monitor(engine = rabbitMq(), props: Partial<BrokerMonitoringProps> = {}) {
  const stack = testStack();
  const network = new PrivateNetwork(stack, 'Network', { services: ['lambda'] });
  const { alarms } = new BrokerMonitoring(stack, 'Monitoring', {
    broker: new MessageBroker(stack, 'Broker', { network, engine }),
    alarmTopic: new AlarmTopic(stack, 'Alarms'),
    queues: ['orders'],
    deadLetterQueues: ['orders.dead'],
    ...props,
  });
  const named = (id: string) => {
    const found = alarms.find(({ node }) => node.id === id);
    if (!found) throw new Error(`There is no alarm ${id}`);
    return resourceOf(found);
  };
  return {
    ids: alarms.map(({ node }) => node.id).sort(),
    alarm: (id: string) => named(id).Properties,
    /** Types of what is made before an alarm. */
    dependencies(id: string) {
      const { Resources } = templateOf(stack);
      return [named(id).DependsOn ?? []].flat().map(on => Resources[on]?.Type);
    },
  };
}

it('watches the broker, and each of its queues', () => {
  expect(monitor().ids).toEqual([
    'Connections',
    'Cpu',
    'Disk',
    'Memory',
    'OrdersDeadNotEmpty',
    'OrdersDepth',
    'OrdersNoConsumers',
    'Silent',
  ]);
});

it.each([
  ['RabbitMQ', rabbitMq(), 'SystemCpuUtilization'],
  ['ActiveMQ', activeMq(), 'CpuUtilization'],
])('goes off when %s tells nothing any more, as one does that is down', (_, engine, metricName) => {
  expect(monitor(engine).alarm('Silent')).toMatchObject({
    MetricName: metricName,
    Statistic: 'SampleCount',
    ComparisonOperator: 'LessThanThreshold',
    Threshold: 1,
    TreatMissingData: 'breaching',
  });
});

it('is made after the broker, of which nothing is heard before', () => {
  const { dependencies } = monitor();
  expect(dependencies('Silent')).toContain('AWS::AmazonMQ::Broker');
});

it('goes off at 80 percent of the memory at which publishers are blocked', () => {
  const { Metrics, Threshold } = monitor().alarm('Memory') as { Metrics: object[]; Threshold: number };
  expect(Threshold).toBe(80);
  expect(Metrics).toContainEqual(expect.objectContaining({ Expression: '100 * used / allowed' }));
});

it('goes off at the first dead letter of a queue, and names broker, virtual host and queue', () => {
  expect(monitor().alarm('OrdersDeadNotEmpty')).toMatchObject({
    Namespace: 'AWS/AmazonMQ',
    MetricName: 'MessageCount',
    Threshold: 1,
    EvaluationPeriods: 1,
    Dimensions: [
      { Name: 'Broker', Value: 'orders-Broker' },
      { Name: 'Queue', Value: 'orders.dead' },
      { Name: 'VirtualHost', Value: '/' },
    ],
  });
});

it('lets a thousand messages wait, and a hundred connections be, unless told otherwise', () => {
  expect(monitor().alarm('OrdersDepth').Threshold).toBe(1_000);
  expect(monitor().alarm('Connections').Threshold).toBe(100);
  const told = monitor(rabbitMq(), { maxBacklog: 5, maxConnections: 7 });
  expect(told.alarm('OrdersDepth').Threshold).toBe(5);
  expect(told.alarm('Connections').Threshold).toBe(7);
});

it('watches an ActiveMQ broker by the metrics that it has, as its first instance', () => {
  const { ids, alarm } = monitor(activeMq());
  expect(ids).toEqual(monitor().ids);
  expect(alarm('Memory')).toMatchObject({
    MetricName: 'HeapUsage',
    Dimensions: [{ Name: 'Broker', Value: 'orders-Broker-1' }],
  });
  expect(alarm('Disk').MetricName).toBe('StorePercentUsage');
  expect(alarm('Cpu').MetricName).toBe('CpuUtilization');
  expect(alarm('Connections').MetricName).toBe('CurrentConnectionsCount');
  expect(alarm('OrdersDepth').MetricName).toBe('QueueSize');
  expect(alarm('OrdersNoConsumers').MetricName).toBe('ConsumerCount');
  expect(alarm('OrdersDeadNotEmpty')).toMatchObject({
    MetricName: 'QueueSize',
    Threshold: 1,
    Dimensions: [
      { Name: 'Broker', Value: 'orders-Broker-1' },
      { Name: 'Queue', Value: 'orders.dead' },
    ],
  });
});

it('watches whichever instance of a pair is active', () => {
  const { alarm } = monitor(activeMq({ deployment: 'active-standby' }));
  const { Metrics } = alarm('OrdersDeadNotEmpty') as {
    Metrics: { Expression?: string; MetricStat?: { Metric: { Dimensions: object[] } } }[];
  };
  expect(Metrics.map(({ Expression, MetricStat }) => Expression ?? MetricStat?.Metric.Dimensions[0])).toEqual(
    [
      'MAX([FILL(first_QueueSize_orders_dead, 0), FILL(second_QueueSize_orders_dead, 0)])',
      { Name: 'Broker', Value: 'orders-Broker-1' },
      { Name: 'Broker', Value: 'orders-Broker-2' },
    ],
  );
});
