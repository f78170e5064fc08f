import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { EventSchemas } from '../../contracts/events.ts';
import { type AccountGuests, admittedGuests } from './account-guests.ts';
import type { FanOutTopic } from './fan-out-topic.ts';

/**
 * Lets other accounts subscribe queues of their own, in the topic's region, and nothing else: neither queues of
 * a third, nor addresses and endpoints, by which events would leave AWS. The topic's key is none of their
 * business, since SNS decrypts what it delivers by itself.
 *
 * @throws PropsError when an account or the organization cannot be one.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-using-identity-based-policies.html#sns-policy-keys
 */
export function admitSubscribers({ topic }: FanOutTopic<EventSchemas>, guests: AccountGuests): void {
  const { principals, conditions } = admittedGuests(topic, 'Guests that may subscribe', guests);
  const stack = Stack.of(topic);
  for (const [index, account] of guests.accounts.entries()) {
    const principal = principals[index];
    if (!principal) continue;
    const endpoints = stack.formatArn({ service: 'sqs', account, resource: '*' });
    topic.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [principal],
        actions: ['sns:Subscribe'],
        resources: [topic.topicArn],
        conditions: {
          ...conditions,
          StringEquals: {
            ...(conditions.StringEquals as Readonly<Record<string, string>> | undefined),
            'sns:Protocol': 'sqs',
          },
          ArnLike: { 'sns:Endpoint': endpoints },
        },
      }),
    );
  }
  if (principals.length === 0) return;
  // CloudFormation looks at the topic before and after it subscribes.
  topic.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [...principals],
      actions: ['sns:GetTopicAttributes'],
      resources: [topic.topicArn],
      conditions,
    }),
  );
}
