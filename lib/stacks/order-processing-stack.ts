import { CfnOutput, Duration } from 'aws-cdk-lib';
import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Construct } from 'constructs';
import {
  inventoryEnvironment,
  metricsNamespace,
  paymentEnvironment,
  placeOrderEnvironment,
  shippingEnvironment,
} from '../../contracts/order-processing.ts';
import {
  cardToken,
  inventoryEvents,
  orderEvents,
  paymentEvents,
  shippingEvents,
} from '../../contracts/orders.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { DurableQueue } from '../constructs/durable-queue.ts';
import { FanOutTopic } from '../constructs/fan-out-topic.ts';
import { FieldKey } from '../constructs/field-key.ts';
import { HttpIntake } from '../constructs/http-intake.ts';
import { MessageFunction } from '../constructs/message-function.ts';
import { MessageKey } from '../constructs/message-key.ts';
import { DashboardRow } from '../constructs/monitoring/dashboard/dashboard-row.ts';
import { FairQueueMonitoring } from '../constructs/monitoring/fair-queue-monitoring.ts';
import { ConsumerMonitoring, FunctionMonitoring } from '../constructs/monitoring/function-monitoring.ts';
import { IntakeMonitoring } from '../constructs/monitoring/intake-monitoring.ts';
import { LogTrail } from '../constructs/monitoring/log-trail.ts';
import { QueueMonitoring } from '../constructs/monitoring/queue-monitoring.ts';
import { RedriverMonitoring } from '../constructs/monitoring/redriver-monitoring.ts';
import { TopicMonitoring } from '../constructs/monitoring/topic-monitoring.ts';
import { QueueConsumer } from '../constructs/queue-consumer.ts';
import { StateTable } from '../constructs/state-table.ts';
import { SystemStack, type SystemStackProps } from './system-stack.ts';

/**
 * An order placed over HTTP becomes an event on one topic, which fans it out to payment, inventory and
 * shipping: each with a queue of its own, the filter policy of what it asked for, a DLQ, a function
 * and a table. The card's token in it is encrypted from place-order to payment.
 */
export class OrderProcessingStack extends SystemStack {
  constructor(scope: Construct, id: string, props: SystemStackProps) {
    super(scope, id, {
      description: 'Orders over HTTP, fanned out to payment, inventory and shipping',
      ...props,
    });
    const { config, removalPolicy } = this;

    // Way in: HTTP → place-order → topic
    const orders = new FanOutTopic(this, 'OrderPlaced', {
      events: orderEvents,
      key: new MessageKey(this, 'TopicKey', {
        description: 'Encrypts order events on their topic',
        removalPolicy,
      }),
    });
    const cardTokenKey = new FieldKey(this, 'CardTokenKey', { field: cardToken, removalPolicy });
    const requests = new StateTable(this, 'Requests', this.tableSettings);
    const placeOrder = new MessageFunction(this, 'PlaceOrder', {
      description: 'Takes an order over HTTP and publishes that it was placed',
      entry: 'lambda/order-processing/place-order.ts',
      environmentSchema: placeOrderEnvironment,
      environment: {
        LOG_LEVEL: config.logLevel,
        TOPIC_ARN: orders.topic.topicArn,
        IDEMPOTENCY_TABLE: requests.table.tableName,
        CARD_TOKEN_KEY_ARN: cardTokenKey.keyArn,
      },
      serviceName: 'place-order',
      metricsNamespace,
      ...this.logSettings,
    });
    orders.grantPublish(placeOrder.function);
    cardTokenKey.admitEncryption(placeOrder.function);
    requests.grant(placeOrder.function, 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem');
    const intake = new HttpIntake(this, 'Intake', {
      ratePerSecond: config.intakeRatePerSecond,
      burst: config.intakeBurst,
      ...this.logSettings,
    });
    intake.route(HttpMethod.POST, '/orders', placeOrder);

    // Fan-out: topic → filter policy → queue
    const queues = {
      key: new MessageKey(this, 'QueueKey', {
        description: 'Encrypts order events in their queues',
        removalPolicy,
      }),
      visibilityTimeout: Duration.seconds(90),
      ...this.queueSettings,
    };
    const paymentQueue = new DurableQueue(this, 'Payment', queues);
    const inventoryQueue = new DurableQueue(this, 'Inventory', queues);
    const shippingQueue = new DurableQueue(this, 'Shipping', queues);
    const redriven = [
      { queue: paymentQueue, undelivered: [orders.fanOutTo(paymentQueue, paymentEvents)] },
      { queue: inventoryQueue, undelivered: [orders.fanOutTo(inventoryQueue, inventoryEvents)] },
      { queue: shippingQueue, undelivered: [orders.fanOutTo(shippingQueue, shippingEvents)] },
    ];

    // Consumers: queue → function → table
    const consumers = {
      timeout: Duration.seconds(15),
      maxConcurrency: config.maxConcurrency,
      metricsNamespace,
      ...this.logSettings,
    };
    const payments = new StateTable(this, 'Payments', this.tableSettings);
    const payment = new QueueConsumer(this, 'PaymentConsumer', {
      ...consumers,
      queue: paymentQueue,
      description: 'Charges what was ordered and refunds what was canceled',
      entry: 'lambda/order-processing/payment.ts',
      environmentSchema: paymentEnvironment,
      environment: {
        LOG_LEVEL: config.logLevel,
        TABLE_NAME: payments.table.tableName,
        CARD_TOKEN_KEY_ARN: cardTokenKey.keyArn,
        PAYMENT_GATEWAY_URL: this.paymentGatewayUrl(),
      },
      serviceName: 'payment',
    });
    cardTokenKey.admitDecryption(payment.function);
    payments.grant(payment.function, 'GetItem', 'PutItem');

    const stock = new StateTable(this, 'Stock', this.tableSettings);
    const inventory = new QueueConsumer(this, 'InventoryConsumer', {
      ...consumers,
      queue: inventoryQueue,
      description: 'Reserves stock, releases it when an order is canceled, deducts it when it ships',
      entry: 'lambda/order-processing/inventory.ts',
      environmentSchema: inventoryEnvironment,
      environment: { LOG_LEVEL: config.logLevel, TABLE_NAME: stock.table.tableName },
      serviceName: 'inventory',
    });
    stock.grant(inventory.function, 'GetItem', 'PutItem', 'UpdateItem');

    const shipments = new StateTable(this, 'Shipments', this.tableSettings);
    const shipping = new QueueConsumer(this, 'ShippingConsumer', {
      ...consumers,
      queue: shippingQueue,
      description: 'Opens, closes and cancels shipments',
      entry: 'lambda/order-processing/shipping.ts',
      environmentSchema: shippingEnvironment,
      environment: { LOG_LEVEL: config.logLevel, TABLE_NAME: shipments.table.tableName },
      serviceName: 'shipping',
    });
    shipments.grant(shipping.function, 'GetItem', 'PutItem');

    // Way back: DLQ → queue, for as long as what is moved does not return
    const redriver = this.redriverOf(redriven, metricsNamespace);

    // Alarms: whatever fails reaches a person
    const alarmTopic = new AlarmTopic(this, 'Alarms', this.alarmTopicSettings);
    new IntakeMonitoring(this, 'IntakeMonitoring', { intake, alarmTopic });
    new FunctionMonitoring(this, 'PlaceOrderMonitoring', { function: placeOrder, alarmTopic });
    new TopicMonitoring(this, 'OrderPlacedMonitoring', {
      topic: orders,
      alarmTopic,
      ...this.topicAlarmSettings,
    });
    for (const consumer of [payment, inventory, shipping]) {
      const { queue } = consumer;
      new QueueMonitoring(this, `${queue.node.id}Monitoring`, { queue, alarmTopic, ...this.alarmSettings });
      new FairQueueMonitoring(this, `${queue.node.id}Fairness`, { queue, alarmTopic, ...this.alarmSettings });
      new ConsumerMonitoring(this, `${consumer.node.id}Monitoring`, { function: consumer, alarmTopic });
      new CfnOutput(this, `${queue.node.id}QueueUrl`, { value: queue.queue.queueUrl });
      new CfnOutput(this, `${queue.node.id}DlqUrl`, { value: queue.deadLetterQueue.queueUrl });
    }

    if (redriver) {
      new RedriverMonitoring(this, 'RedriverMonitoring', { redriver, alarmTopic });
      new CfnOutput(this, 'RedriverName', {
        value: redriver.function.function.functionName,
        description: 'Invoke to start, stop or reset a redrive',
      });
    }

    // What an operator looks at: the way of an order, and its trail in the logs
    this.showOnDashboard(alarmTopic, [
      new DashboardRow('Orders come in').intake(intake).function(placeOrder).table(requests).topic(orders),
      new DashboardRow('Payment').queue(paymentQueue).consumer(payment).table(payments),
      new DashboardRow('Inventory').queue(inventoryQueue).consumer(inventory).table(stock),
      new DashboardRow('Shipping').queue(shippingQueue).consumer(shipping).table(shipments),
      new DashboardRow('Fairness among shops')
        .fairness(paymentQueue)
        .fairness(inventoryQueue)
        .fairness(shippingQueue),
      ...(redriver ? [new DashboardRow('Messages go back').redriver(redriver)] : []),
    ]);
    new LogTrail(this, 'Trail', {
      logGroups: [placeOrder, payment, inventory, shipping].map(({ function: { logGroup } }) => logGroup),
      subjectField: 'order_id',
    });

    new CfnOutput(this, 'OrdersUrl', {
      value: `${intake.url}orders`,
      description: 'POST orders here, signed',
    });
    new CfnOutput(this, 'OrderPlacedTopicArn', {
      value: orders.topic.topicArn,
      description: 'Publish order_shipped and order_canceled here',
    });
    new CfnOutput(this, 'AlarmTopicArn', { value: alarmTopic.topic.topicArn });
    new CfnOutput(this, 'PaymentsTableName', { value: payments.table.tableName });
    new CfnOutput(this, 'StockTableName', { value: stock.table.tableName });
    new CfnOutput(this, 'ShipmentsTableName', { value: shipments.table.tableName });
  }
}
