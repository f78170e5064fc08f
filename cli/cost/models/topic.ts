import { type Charge, traffic } from '../charge.ts';
import { assumptions } from '../settings.ts';
import { bytesOf, countOf } from '../traffic/message-flow.ts';
import { dataKeyRequests } from './data-keys.ts';
import type { CostModel } from './model.ts';
import { chunks } from './queue.ts';

export const gigabyte = 1_024 ** 3;

/** Publications; deliveries are the subscriptions'. */
export const topicModel: CostModel = (topic, flow) => {
  const messages = flow.published(topic);
  const count = countOf(messages);
  const charges: Charge[] =
    topic.properties.FifoTopic === true
      ? [traffic('sns-fifo-publish', count), traffic('sns-fifo-publish-gb', bytesOf(messages) / gigabyte)]
      : [
          traffic(
            'sns-publish',
            messages.reduce((sum, one) => sum + one.count * chunks(one.bytes), 0),
          ),
        ];
  if (topic.properties.KmsMasterKeyId !== undefined) {
    // SNS has a data key made and opens it for those who publish, and opens it once more to deliver.
    charges.push(traffic('kms-request', 3 * dataKeyRequests(count, assumptions.serviceDataKeySeconds)));
  }
  return charges;
};
