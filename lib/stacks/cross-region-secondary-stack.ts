import { CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { priceTopicName, undeliveredInSecondaryName } from '../../contracts/cross-region.ts';
import { priceEvents, shownPrices } from '../../contracts/prices.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { DashboardRow } from '../constructs/monitoring/dashboard/dashboard-row.ts';
import { ConsumerMonitoring } from '../constructs/monitoring/function-monitoring.ts';
import { LogTrail } from '../constructs/monitoring/log-trail.ts';
import { QueueMonitoring } from '../constructs/monitoring/queue-monitoring.ts';
import { RegionSubscription } from '../constructs/subscriptions/region-subscription.ts';
import { RegionalPricesStack } from './regional-prices-stack.ts';
import type { SystemStackProps } from './system-stack.ts';

/** Prices that are published in another region are shown in this one too. */
export class CrossRegionSecondaryStack extends RegionalPricesStack {
  override readonly standsOn = ['cross-region-primary'];

  constructor(scope: Construct, id: string, props: SystemStackProps) {
    super(scope, id, {
      description: 'Prices, published in one region and shown in two: the other region',
      region: props.config.secondaryRegion,
      ...props,
    });
    const { queue, consumer } = this;
    const prices = new RegionSubscription(this, 'Prices', {
      topicName: priceTopicName,
      topicRegion: this.config.primaryRegion,
      events: priceEvents,
      selection: shownPrices,
      queue,
      undeliveredName: undeliveredInSecondaryName,
    });

    // Alarms: whatever fails reaches a person, from this region
    const alarmTopic = new AlarmTopic(this, 'Alarms', this.alarmTopicSettings);
    new QueueMonitoring(this, 'ShownMonitoring', { queue, alarmTopic, ...this.alarmSettings });
    new ConsumerMonitoring(this, 'PriceBoardMonitoring', { function: consumer, alarmTopic });

    // What an operator looks at: the way of a price in this region, and its trail in the log
    this.showOnDashboard(alarmTopic, [
      new DashboardRow('Prices are shown here').queue(queue).consumer(consumer).table(this.prices),
    ]);
    new LogTrail(this, 'Trail', { logGroups: [consumer.function.logGroup], subjectField: 'product_id' });

    new CfnOutput(this, 'PricesTopicArn', { value: prices.topicArn });
    new CfnOutput(this, 'AlarmTopicArn', { value: alarmTopic.topic.topicArn });
  }
}
