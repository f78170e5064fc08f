import { CfnOutput, Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { deadLetterQueueOf } from '../../contracts/broker.ts';
import {
  invoiceEnvironment,
  invoiceQueue,
  metricsNamespace,
  orderTopology,
  publishToBrokerJob,
  warehouseEnvironment,
  warehouseQueue,
} from '../../contracts/message-broker.ts';
import type { StageConfig } from '../config/stage.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { activeMq } from '../constructs/broker/activemq.ts';
import type { BrokerEngine } from '../constructs/broker/broker-engine.ts';
import { rabbitMq } from '../constructs/broker/rabbitmq.ts';
import { BrokerConsumer } from '../constructs/broker-consumer.ts';
import { BrokerService } from '../constructs/broker-service.ts';
import { DurableQueue } from '../constructs/durable-queue.ts';
import { MessageBroker } from '../constructs/message-broker.ts';
import { MessageKey } from '../constructs/message-key.ts';
import { BrokerMonitoring } from '../constructs/monitoring/broker-monitoring.ts';
import { DashboardRow } from '../constructs/monitoring/dashboard/dashboard-row.ts';
import { FleetMonitoring } from '../constructs/monitoring/fleet-monitoring.ts';
import { ConsumerMonitoring } from '../constructs/monitoring/function-monitoring.ts';
import { LogTrail } from '../constructs/monitoring/log-trail.ts';
import { notEmptyAlarm, QueueMonitoring } from '../constructs/monitoring/queue-monitoring.ts';
import { PrivateNetwork } from '../constructs/private-network.ts';
import { StateTable } from '../constructs/state-table.ts';
import { WorkerService } from '../constructs/worker-service.ts';
import { SystemStack, type SystemStackProps } from './system-stack.ts';

/**
 * Order events on a message broker: a bridge carries them there from SQS, a warehouse takes them over AMQP or STOMP,
 * as the broker speaks, and a function through Lambda's pollers.
 */
export class MessageBrokerStack extends SystemStack {
  constructor(scope: Construct, id: string, props: SystemStackProps) {
    super(scope, id, {
      description: 'Order events on a message broker: bridged from SQS, consumed by a service and a function',
      ...props,
    });
    const { config, removalPolicy } = this;

    // Network without internet, and in it the broker
    const engine = engineOf(config);
    const deadLetterQueues = orderTopology.queues.map(queue => deadLetterQueueOf(queue, engine.protocol));
    const network = new PrivateNetwork(this, 'Network', {
      services: [
        ...new Set(['sqs' as const, ...BrokerService.services, ...BrokerConsumer.servicesFor(engine)]),
      ],
      zones: Math.max(engine.zones, 2),
      ...this.logSettings,
    });
    const broker = new MessageBroker(this, 'Broker', {
      network,
      engine,
      removalPolicy,
    });

    // SQS → bridge → broker
    const key = new MessageKey(this, 'QueueKey', {
      description: 'Encrypts events in their queues',
      removalPolicy,
    });
    const outbox = new DurableQueue(this, 'Outbox', {
      key,
      visibilityTimeout: Duration.minutes(1),
      ...this.queueSettings,
    });
    const bridge = new WorkerService(this, 'Bridge', {
      network,
      queue: outbox,
      job: publishToBrokerJob,
      environment: { BROKER_ADDRESSES: broker.addresses, BROKER_SECRET_ARN: broker.secretArn },
      serviceName: 'bridge',
      metricsNamespace,
      logLevel: config.logLevel,
      concurrency: 10,
      timePerMessage: Duration.millis(100),
      acceptableLatency: Duration.minutes(1),
      jobTimeout: Duration.seconds(30),
      minTasks: 1,
      maxTasks: 4,
      ...this.logSettings,
    });
    broker.admit(bridge, 'Bridge from SQS');

    // Broker → warehouse
    const picks = new StateTable(this, 'Picks', this.tableSettings);
    const warehouse = new BrokerService(this, 'Warehouse', {
      broker,
      entry: 'worker/warehouse/main.ts',
      environmentSchema: warehouseEnvironment,
      environment: { TABLE_NAME: picks.table.tableName },
      serviceName: 'warehouse',
      metricsNamespace,
      logLevel: config.logLevel,
      ...this.logSettings,
    });
    picks.grant(warehouse.role, 'PutItem', 'UpdateItem');

    // Broker → function, through Lambda's pollers
    const invoices = new StateTable(this, 'Invoices', this.tableSettings);
    const invoicing = new BrokerConsumer(this, 'Invoicing', {
      broker,
      queueName: invoiceQueue.name,
      declaredBy: warehouse.service,
      description: 'Opens an invoice for each order, once',
      entry: 'lambda/message-broker/open-invoice.ts',
      environmentSchema: invoiceEnvironment,
      environment: rejects => ({
        LOG_LEVEL: config.logLevel,
        TABLE_NAME: invoices.table.tableName,
        REJECTS_QUEUE_URL: rejects.queueUrl,
      }),
      key,
      serviceName: 'invoicing',
      metricsNamespace,
      ...this.logSettings,
    });
    invoices.grant(invoicing.function, 'PutItem');

    // Alarms: whatever fails reaches a person
    const alarmTopic = new AlarmTopic(this, 'Alarms', this.alarmTopicSettings);
    new QueueMonitoring(this, 'OutboxMonitoring', { queue: outbox, alarmTopic, ...this.alarmSettings });
    new FleetMonitoring(this, 'BridgeMonitoring', { tier: bridge, alarmTopic });
    new BrokerMonitoring(this, 'BrokerMonitoring', {
      broker,
      alarmTopic,
      queues: orderTopology.queues.map(({ name }) => name),
      deadLetterQueues,
      maxBacklog: config.alarmBacklog,
    });
    new ConsumerMonitoring(this, 'InvoicingMonitoring', { function: invoicing, alarmTopic });
    alarmTopic.notifyOf(
      notEmptyAlarm(this, 'InvoicingRejected', invoicing.rejects, {
        means: 'Messages can never be invoiced, or failed in a way that nobody foresaw.',
        breaks: 'These orders have no invoice. They wait in the queue for 14 days.',
        runbook: 'deadLetters',
      }),
    );

    // What an operator looks at: the way of an event, and its trail in the log
    this.showOnDashboard(alarmTopic, [
      new DashboardRow('Events are bridged').queue(outbox).fleet(bridge),
      new DashboardRow('Broker').broker(broker).brokerDeadLetters(broker, deadLetterQueues),
      new DashboardRow('Warehouse')
        .brokerQueue(broker, warehouseQueue.name)
        .brokerService(warehouse)
        .table(picks),
      new DashboardRow('Invoices')
        .brokerQueue(broker, invoiceQueue.name)
        .consumer(invoicing)
        .table(invoices)
        .deadLetters(invoicing.rejects),
    ]);
    new LogTrail(this, 'Trail', {
      logGroups: [bridge.logGroup, warehouse.logGroup, invoicing.function.logGroup],
      subjectField: 'order_id',
    });

    new CfnOutput(this, 'OutboxQueueUrl', {
      value: outbox.queue.queueUrl,
      description: 'Send events of orders here: they go to the broker',
    });
    new CfnOutput(this, 'OutboxDlqUrl', { value: outbox.deadLetterQueue.queueUrl });
    new CfnOutput(this, 'BrokerAddresses', {
      value: broker.addresses,
      description: 'Programs in the network connect here, over TLS',
    });
    new CfnOutput(this, 'BrokerId', { value: broker.brokerId });
    new CfnOutput(this, 'BrokerSecretArn', { value: broker.secretArn });
    new CfnOutput(this, 'PicksTableName', { value: picks.table.tableName });
    new CfnOutput(this, 'InvoicesTableName', { value: invoices.table.tableName });
    new CfnOutput(this, 'InvoicingRejectsUrl', { value: invoicing.rejects.queueUrl });
    new CfnOutput(this, 'AlarmTopicArn', { value: alarmTopic.topic.topicArn });
  }
}

/** What the stage says that the broker is. */
function engineOf({ brokerEngine, broker }: Pick<StageConfig, 'brokerEngine' | 'broker'>): BrokerEngine {
  switch (brokerEngine) {
    case 'rabbitmq':
      return rabbitMq({ deployment: broker });
    case 'activemq':
      return activeMq({ deployment: broker === 'cluster' ? 'active-standby' : 'single-instance' });
  }
}
