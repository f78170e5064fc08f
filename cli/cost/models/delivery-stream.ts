import { type Charge, traffic } from '../charge.ts';
import { assumptions, secondsPerMonth } from '../settings.ts';
import { referredId } from '../templates.ts';
import { bytesOf, countOf } from '../traffic/message-flow.ts';
import { dataKeyRequests } from './data-keys.ts';
import type { CostModel } from './model.ts';
import { gigabyte } from './topic.ts';

/** Data Firehose counts each record in steps of 5 KB. */
const stepBytes = 5 * 1_024;

interface Destination {
  readonly BufferingHints?: { readonly IntervalInSeconds?: number };
  readonly DynamicPartitioningConfiguration?: { readonly Enabled?: boolean };
}

/** Records, and with dynamic partitioning what it delivers: an object for each buffer in which something came. */
export const deliveryStreamModel: CostModel = ({ id, properties }, flow) => {
  const messages = flow
    .ofType('AWS::SNS::Subscription')
    .filter(subscription => referredId(subscription.properties.Endpoint) === id)
    .flatMap(subscription => flow.delivered(subscription));
  const count = countOf(messages);
  if (count === 0) return [];
  const ingested = messages.reduce(
    (sum, one) => sum + one.count * Math.ceil(one.bytes / stepBytes) * stepBytes,
    0,
  );
  const charges: Charge[] = [traffic('firehose-ingestion', ingested / gigabyte)];
  const destination = (properties.ExtendedS3DestinationConfiguration ?? {}) as Destination;
  if (destination.DynamicPartitioningConfiguration?.Enabled) {
    const buffers = secondsPerMonth / (destination.BufferingHints?.IntervalInSeconds ?? 300);
    const objects = Math.min(count, buffers);
    charges.push(
      traffic('firehose-partitioning', bytesOf(messages) / gigabyte),
      traffic('firehose-objects', objects),
      traffic('s3-put', objects),
    );
  }
  if (properties.DeliveryStreamEncryptionConfigurationInput !== undefined) {
    charges.push(traffic('kms-request', 2 * dataKeyRequests(count, assumptions.serviceDataKeySeconds)));
  }
  return charges;
};
