import { CfnOutput, Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { metricsNamespace, showPriceEnvironment } from '../../contracts/cross-region.ts';
import { DurableQueue } from '../constructs/durable-queue.ts';
import { MessageKey } from '../constructs/message-key.ts';
import { QueueConsumer } from '../constructs/queue-consumer.ts';
import { StateTable } from '../constructs/state-table.ts';
import { SystemStack, type SystemStackProps } from './system-stack.ts';

export interface RegionalPricesProps extends SystemStackProps {
  readonly region: string;
}

/** What each region has of its own, and asks no other for: queue, key, function and table. */
export abstract class RegionalPricesStack extends SystemStack {
  protected readonly queue: DurableQueue;
  protected readonly key: MessageKey;
  protected readonly consumer: QueueConsumer;
  protected readonly prices: StateTable;

  constructor(scope: Construct, id: string, { region, ...props }: RegionalPricesProps) {
    super(scope, id, { ...props, env: { ...props.env, region } });
    const { config, removalPolicy } = this;
    this.key = new MessageKey(this, 'QueueKey', {
      description: 'Encrypts prices in the queues of this region',
      removalPolicy,
    });
    this.queue = new DurableQueue(this, 'Shown', {
      key: this.key,
      visibilityTimeout: Duration.seconds(60),
      ...this.queueSettings,
    });
    this.prices = new StateTable(this, 'PriceTable', this.tableSettings);
    this.consumer = new QueueConsumer(this, 'PriceBoard', {
      queue: this.queue,
      description: 'Shows the latest price of each product in this region',
      entry: 'lambda/cross-region/show-price.ts',
      environmentSchema: showPriceEnvironment,
      environment: { LOG_LEVEL: config.logLevel, TABLE_NAME: this.prices.table.tableName },
      serviceName: 'price-board',
      metricsNamespace,
      timeout: Duration.seconds(10),
      maxConcurrency: config.maxConcurrency,
      ...this.logSettings,
    });
    this.prices.grant(this.consumer.function, 'GetItem', 'PutItem');

    new CfnOutput(this, 'ShownQueueUrl', { value: this.queue.queue.queueUrl });
    new CfnOutput(this, 'ShownDlqUrl', { value: this.queue.deadLetterQueue.queueUrl });
    new CfnOutput(this, 'PriceTableName', { value: this.prices.table.tableName });
  }
}
