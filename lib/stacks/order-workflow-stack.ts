import { CfnOutput, Duration } from 'aws-cdk-lib';
import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Construct } from 'constructs';
import {
  cancelPaymentEnvironment,
  giveUpPaymentEnvironment,
  keepStockEnvironment,
  metricsNamespace,
  ordersPath,
  startOrderEnvironment,
  takePaymentEnvironment,
} from '../../contracts/order-workflow.ts';
import { cardToken } from '../../contracts/orders.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { DeadLetterConsumer } from '../constructs/dead-letter-consumer.ts';
import { DurableQueue } from '../constructs/durable-queue.ts';
import { FieldKey } from '../constructs/field-key.ts';
import { HttpIntake } from '../constructs/http-intake.ts';
import { MessageFunction } from '../constructs/message-function.ts';
import { MessageKey } from '../constructs/message-key.ts';
import { DashboardRow } from '../constructs/monitoring/dashboard/dashboard-row.ts';
import { ConsumerMonitoring, FunctionMonitoring } from '../constructs/monitoring/function-monitoring.ts';
import { IntakeMonitoring } from '../constructs/monitoring/intake-monitoring.ts';
import { LogTrail } from '../constructs/monitoring/log-trail.ts';
import { QueueMonitoring } from '../constructs/monitoring/queue-monitoring.ts';
import { WorkflowMonitoring } from '../constructs/monitoring/workflow-monitoring.ts';
import { QueueConsumer } from '../constructs/queue-consumer.ts';
import { StateTable } from '../constructs/state-table.ts';
import { Workflow } from '../constructs/workflow.ts';
import { orderWorkflowDefinition } from './order-workflow-definition.ts';
import { SystemStack, type SystemStackProps } from './system-stack.ts';

/**
 * An order placed over HTTP starts a workflow that reserves its stock, sends a message for its payment and waits
 * until a worker answers. What fails is undone. A message that the queue gives up fails the workflow at once.
 */
export class OrderWorkflowStack extends SystemStack {
  constructor(scope: Construct, id: string, props: SystemStackProps) {
    super(scope, id, {
      description: 'Orders as a workflow: stock, a payment that is waited for, and what undoes both',
      ...props,
    });
    const { config, removalPolicy } = this;
    const functions = { metricsNamespace, ...this.logSettings };
    const cardTokenKey = new FieldKey(this, 'CardTokenKey', { field: cardToken, removalPolicy });
    const stock = new StateTable(this, 'Stock', this.tableSettings);
    const payments = new StateTable(this, 'Payments', this.tableSettings);
    const gatewayUrl = this.paymentGatewayUrl();

    // Steps: functions that the workflow invokes, and the queue that it sends to
    const keepStock = new MessageFunction(this, 'KeepStock', {
      ...functions,
      description: 'Reserves stock for orders, and releases what was reserved',
      entry: 'lambda/order-workflow/keep-stock.ts',
      environmentSchema: keepStockEnvironment,
      environment: { LOG_LEVEL: config.logLevel, TABLE_NAME: stock.table.tableName },
      serviceName: 'keep-stock',
    });
    stock.grant(keepStock.function, 'GetItem', 'PutItem', 'UpdateItem');
    const cancelPayment = new MessageFunction(this, 'CancelPayment', {
      ...functions,
      description: 'Gives back what was charged for orders that do not come about',
      entry: 'lambda/order-workflow/cancel-payment.ts',
      environmentSchema: cancelPaymentEnvironment,
      environment: {
        LOG_LEVEL: config.logLevel,
        TABLE_NAME: payments.table.tableName,
        PAYMENT_GATEWAY_URL: gatewayUrl,
      },
      serviceName: 'cancel-payment',
    });
    payments.grant(cancelPayment.function, 'GetItem', 'PutItem');
    const paymentTasks = new DurableQueue(this, 'PaymentTasks', {
      key: new MessageKey(this, 'QueueKey', {
        description: 'Encrypts orders that are to be paid in their queue',
        removalPolicy,
      }),
      visibilityTimeout: Duration.seconds(90),
      deadLetterVisibilityTimeout: Duration.seconds(90),
      ...this.queueSettings,
    });

    // Workflow: HTTP → start-order → state machine
    const workflow = new Workflow(this, 'Orders', {
      definition: orderWorkflowDefinition({
        stock: keepStock,
        payments: paymentTasks,
        paymentCancellation: cancelPayment,
      }),
      invokes: [keepStock, cancelPayment],
      sendsTo: [paymentTasks],
      ...this.logSettings,
    });
    const startOrder = new MessageFunction(this, 'StartOrder', {
      ...functions,
      description: 'Takes an order over HTTP and starts its workflow',
      entry: 'lambda/order-workflow/start-order.ts',
      environmentSchema: startOrderEnvironment,
      environment: {
        LOG_LEVEL: config.logLevel,
        STATE_MACHINE_ARN: workflow.machine.stateMachineArn,
        CARD_TOKEN_KEY_ARN: cardTokenKey.keyArn,
      },
      serviceName: 'start-order',
    });
    workflow.grantStart(startOrder);
    cardTokenKey.admitEncryption(startOrder.function);
    const intake = new HttpIntake(this, 'Intake', {
      ratePerSecond: config.intakeRatePerSecond,
      burst: config.intakeBurst,
      ...this.logSettings,
    });
    intake.route(HttpMethod.POST, ordersPath, startOrder);

    // Answers: queue → take-payment → workflow, and DLQ → give-up-payment → workflow
    const takePayment = new QueueConsumer(this, 'TakePayment', {
      ...functions,
      queue: paymentTasks,
      description: 'Charges orders, and tells the workflow that waits',
      entry: 'lambda/order-workflow/take-payment.ts',
      environmentSchema: takePaymentEnvironment,
      environment: {
        LOG_LEVEL: config.logLevel,
        TABLE_NAME: payments.table.tableName,
        CARD_TOKEN_KEY_ARN: cardTokenKey.keyArn,
        PAYMENT_GATEWAY_URL: gatewayUrl,
      },
      serviceName: 'take-payment',
      maxConcurrency: config.maxConcurrency,
    });
    payments.grant(takePayment.function, 'GetItem', 'PutItem');
    cardTokenKey.admitDecryption(takePayment.function);
    workflow.grantAnswer(takePayment, 'SendTaskHeartbeat', 'SendTaskSuccess', 'SendTaskFailure');
    const giveUpPayment = new DeadLetterConsumer(this, 'GiveUpPayment', {
      ...functions,
      queue: paymentTasks,
      description: 'Tells the workflow of payments that were given up',
      entry: 'lambda/order-workflow/give-up-payment.ts',
      environmentSchema: giveUpPaymentEnvironment,
      environment: { LOG_LEVEL: config.logLevel },
      serviceName: 'give-up-payment',
    });
    workflow.grantAnswer(giveUpPayment, 'SendTaskFailure');

    // Alarms: whatever fails reaches a person
    const alarmTopic = new AlarmTopic(this, 'Alarms', this.alarmTopicSettings);
    new IntakeMonitoring(this, 'IntakeMonitoring', { intake, alarmTopic });
    new WorkflowMonitoring(this, 'OrdersMonitoring', { workflow, alarmTopic });
    new QueueMonitoring(this, 'PaymentTasksMonitoring', {
      queue: paymentTasks,
      alarmTopic,
      ...this.alarmSettings,
    });
    for (const watched of [startOrder, keepStock, cancelPayment]) {
      new FunctionMonitoring(this, `${watched.node.id}Monitoring`, { function: watched, alarmTopic });
    }
    for (const consumer of [takePayment, giveUpPayment]) {
      new ConsumerMonitoring(this, `${consumer.node.id}Monitoring`, { function: consumer, alarmTopic });
    }

    // What an operator looks at: the way of an order, and its trail in the logs
    this.showOnDashboard(alarmTopic, [
      new DashboardRow('Orders come in').intake(intake).function(startOrder).workflow(workflow),
      new DashboardRow('Stock').function(keepStock).table(stock),
      new DashboardRow('Payment').queue(paymentTasks).consumer(takePayment).table(payments),
      new DashboardRow('What fails is undone').consumer(giveUpPayment).function(cancelPayment),
    ]);
    new LogTrail(this, 'Trail', {
      logGroups: [startOrder, keepStock, takePayment, giveUpPayment, cancelPayment].map(
        ({ function: { logGroup } }) => logGroup,
      ),
      subjectField: 'order_id',
    });

    new CfnOutput(this, 'OrdersUrl', {
      value: `${intake.url}${ordersPath.slice(1)}`,
      description: 'POST orders here, signed',
    });
    new CfnOutput(this, 'StateMachineArn', {
      value: workflow.machine.stateMachineArn,
      description: "An order's execution has its id as its name",
    });
    new CfnOutput(this, 'PaymentTasksQueueUrl', { value: paymentTasks.queue.queueUrl });
    new CfnOutput(this, 'PaymentTasksDlqUrl', { value: paymentTasks.deadLetterQueue.queueUrl });
    new CfnOutput(this, 'StockTableName', { value: stock.table.tableName });
    new CfnOutput(this, 'PaymentsTableName', { value: payments.table.tableName });
    new CfnOutput(this, 'AlarmTopicArn', { value: alarmTopic.topic.topicArn });
  }
}
