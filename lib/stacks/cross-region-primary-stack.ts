import { CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { priceTopicName } from '../../contracts/cross-region.ts';
import { priceEvents, shownPrices } from '../../contracts/prices.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { FanOutTopic } from '../constructs/fan-out-topic.ts';
import { MessageKey } from '../constructs/message-key.ts';
import { DashboardRow } from '../constructs/monitoring/dashboard/dashboard-row.ts';
import { ConsumerMonitoring } from '../constructs/monitoring/function-monitoring.ts';
import { LogTrail } from '../constructs/monitoring/log-trail.ts';
import { QueueMonitoring } from '../constructs/monitoring/queue-monitoring.ts';
import { TopicMonitoring } from '../constructs/monitoring/topic-monitoring.ts';
import { RegionalPricesStack } from './regional-prices-stack.ts';
import type { SystemStackProps } from './system-stack.ts';

/** Prices are published in this region, and shown in it and in another. */
export class CrossRegionPrimaryStack extends RegionalPricesStack {
  constructor(scope: Construct, id: string, props: SystemStackProps) {
    super(scope, id, {
      description: 'Prices, published in one region and shown in two: the region of the topic',
      region: props.config.primaryRegion,
      ...props,
    });
    const topic = new FanOutTopic(this, 'Prices', {
      events: priceEvents,
      topicName: priceTopicName,
      key: new MessageKey(this, 'TopicKey', {
        description: 'Encrypts prices on their topic',
        removalPolicy: this.removalPolicy,
      }),
    });
    topic.fanOutTo(this.queue, shownPrices);
    const undeliveredThere = topic.keepUndelivered('UndeliveredInSecondary', this.key);

    // Alarms: whatever fails reaches a person
    const { queue, consumer } = this;
    const alarmTopic = new AlarmTopic(this, 'Alarms', this.alarmTopicSettings);
    new TopicMonitoring(this, 'PricesMonitoring', { topic, alarmTopic, ...this.topicAlarmSettings });
    new QueueMonitoring(this, 'ShownMonitoring', { queue, alarmTopic, ...this.alarmSettings });
    new ConsumerMonitoring(this, 'PriceBoardMonitoring', { function: consumer, alarmTopic });

    // What an operator looks at: the way of a price in this region, and its trail in the log
    this.showOnDashboard(alarmTopic, [
      new DashboardRow('Prices are shown here')
        .topic(topic)
        .queue(queue)
        .consumer(consumer)
        .table(this.prices),
    ]);
    new LogTrail(this, 'Trail', { logGroups: [consumer.function.logGroup], subjectField: 'product_id' });

    new CfnOutput(this, 'PricesTopicArn', {
      value: topic.topic.topicArn,
      description: 'Publish prices here, in this region',
    });
    new CfnOutput(this, 'UndeliveredInSecondaryUrl', { value: undeliveredThere.queueUrl });
    new CfnOutput(this, 'AlarmTopicArn', { value: alarmTopic.topic.topicArn });
  }
}
