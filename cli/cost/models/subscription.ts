import { CommandFailure } from '../../command-errors.ts';
import { type Charge, traffic } from '../charge.ts';
import { referredId } from '../templates.ts';
import { bytesOf, countOf } from '../traffic/message-flow.ts';
import type { CostModel } from './model.ts';
import { gigabyte } from './topic.ts';

const prices: Readonly<Record<string, string | undefined>> = {
  sqs: 'sns-sqs',
  lambda: 'sns-lambda',
  http: 'sns-http',
  https: 'sns-http',
  email: 'sns-email',
  'email-json': 'sns-email',
  firehose: 'sns-firehose',
};

/** Deliveries by protocol, and what a filter on the body reads. SMS costs what each country's networks take. */
export const subscriptionModel: CostModel = (subscription, flow) => {
  const { Protocol: protocol, FilterPolicyScope: scope, TopicArn: topicArn } = subscription.properties;
  if (protocol === 'sms') return [];
  const price = prices[String(protocol)];
  if (price === undefined) {
    throw new CommandFailure(
      `${subscription.path} of ${flow.template.name} delivers by ${protocol}, which has no price. ` +
        'Name it in cli/cost/models/subscription.ts.',
    );
  }
  const messages = flow.delivered(subscription);
  const topic = flow.template.resources.find(({ id }) => id === referredId(topicArn));
  const charges: Charge[] =
    topic?.properties.FifoTopic === true
      ? [
          traffic('sns-fifo-delivery', countOf(messages)),
          traffic('sns-fifo-delivery-gb', bytesOf(messages) / gigabyte),
        ]
      : [traffic(price, countOf(messages))];
  if (scope === 'MessageBody' && topic) {
    charges.push(traffic('sns-payload-filtering', bytesOf(flow.published(topic)) / gigabyte));
  }
  return charges;
};
