import { CfnOutput, Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { bookedEvents, ledgerEvents } from '../../contracts/ledger.ts';
import { ledgerEnvironment, metricsNamespace } from '../../contracts/order-ledger.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { DurableQueue } from '../constructs/durable-queue.ts';
import { FanOutTopic } from '../constructs/fan-out-topic.ts';
import { MessageKey } from '../constructs/message-key.ts';
import { DashboardRow } from '../constructs/monitoring/dashboard/dashboard-row.ts';
import { ConsumerMonitoring } from '../constructs/monitoring/function-monitoring.ts';
import { LogTrail } from '../constructs/monitoring/log-trail.ts';
import { QueueMonitoring } from '../constructs/monitoring/queue-monitoring.ts';
import { TopicMonitoring } from '../constructs/monitoring/topic-monitoring.ts';
import { QueueConsumer } from '../constructs/queue-consumer.ts';
import { StateTable } from '../constructs/state-table.ts';
import { SystemStack, type SystemStackProps } from './system-stack.ts';

/**
 * What happens to an order is booked in the order in which it happened, and once: FIFO topic, FIFO queue, and
 * a function that goes on with other orders when one cannot.
 */
export class OrderLedgerStack extends SystemStack {
  constructor(scope: Construct, id: string, props: SystemStackProps) {
    super(scope, id, { description: 'Events of orders, booked in sequence and once', ...props });
    const { config, removalPolicy } = this;

    // FIFO topic → FIFO queue → function → table
    const topic = new FanOutTopic(this, 'OrderEvents', {
      events: ledgerEvents,
      fifo: true,
      key: new MessageKey(this, 'TopicKey', {
        description: 'Encrypts events of orders on their topic',
        removalPolicy,
      }),
    });
    const queue = new DurableQueue(this, 'Ledger', {
      fifo: true,
      key: new MessageKey(this, 'QueueKey', {
        description: 'Encrypts events of orders in their queue',
        removalPolicy,
      }),
      visibilityTimeout: Duration.seconds(90),
      ...this.queueSettings,
    });
    topic.fanOutTo(queue, bookedEvents);
    const ledger = new StateTable(this, 'Entries', this.tableSettings);
    const consumer = new QueueConsumer(this, 'LedgerConsumer', {
      queue,
      description: 'Books the events of orders, each in its place',
      entry: 'lambda/order-ledger/book-event.ts',
      environmentSchema: ledgerEnvironment,
      environment: { LOG_LEVEL: config.logLevel, TABLE_NAME: ledger.table.tableName },
      serviceName: 'ledger',
      metricsNamespace,
      timeout: Duration.seconds(15),
      maxConcurrency: config.maxConcurrency,
      ...this.logSettings,
    });
    ledger.grant(consumer.function, 'GetItem', 'PutItem');

    // Alarms: whatever fails reaches a person
    const alarmTopic = new AlarmTopic(this, 'Alarms', this.alarmTopicSettings);
    new TopicMonitoring(this, 'OrderEventsMonitoring', { topic, alarmTopic, ...this.topicAlarmSettings });
    new QueueMonitoring(this, 'LedgerMonitoring', { queue, alarmTopic, ...this.alarmSettings });
    new ConsumerMonitoring(this, 'LedgerConsumerMonitoring', { function: consumer, alarmTopic });

    // What an operator looks at: the way of an event, and its trail in the log
    this.showOnDashboard(alarmTopic, [
      new DashboardRow('Events are booked').topic(topic).queue(queue).consumer(consumer).table(ledger),
    ]);
    new LogTrail(this, 'Trail', { logGroups: [consumer.function.logGroup], subjectField: 'order_id' });

    new CfnOutput(this, 'OrderEventsTopicArn', {
      value: topic.topic.topicArn,
      description: 'Publish events here, in sequence, with the order id as their message group',
    });
    new CfnOutput(this, 'LedgerQueueUrl', { value: queue.queue.queueUrl });
    new CfnOutput(this, 'LedgerDlqUrl', { value: queue.deadLetterQueue.queueUrl });
    new CfnOutput(this, 'EntriesTableName', { value: ledger.table.tableName });
    new CfnOutput(this, 'AlarmTopicArn', { value: alarmTopic.topic.topicArn });
  }
}
