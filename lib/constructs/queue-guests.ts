import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { type AccountGuests, admittedGuests } from './account-guests.ts';
import type { DurableQueue } from './durable-queue.ts';

/** What guests may do with a queue. */
export type GuestPermission = 'look up' | 'receive' | 'send';

export interface QueueGuests extends AccountGuests {
  readonly may: GuestPermission;
}

/**
 * What each permission comes to. Those who send or receive know a queue by its name and account: they look its
 * URL up.
 */
const calls: Readonly<Record<GuestPermission, readonly string[]>> = {
  'look up': ['GetQueueUrl'],
  receive: [
    'ReceiveMessage',
    'DeleteMessage',
    'ChangeMessageVisibility',
    'GetQueueAttributes',
    'GetQueueUrl',
  ],
  send: ['SendMessage', 'GetQueueUrl'],
};

/** What SQS asks of a queue's key in the name of whoever calls. */
const keyCalls: Readonly<Record<GuestPermission, readonly string[]>> = {
  'look up': [],
  receive: ['Decrypt'],
  send: ['Decrypt', 'GenerateDataKey'],
};

/**
 * Lets other accounts use a queue, and its key by way of SQS alone. They must allow the same to their own
 * roles: across accounts, both sides are asked. SQS has no way to let others administer a queue.
 *
 * @throws PropsError when an account or the organization cannot be one.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-customer-managed-policy-examples.html
 */
export function admitGuests(durable: DurableQueue, { may, ...guests }: QueueGuests): void {
  const { queue, key } = durable;
  const { principals, conditions } = admittedGuests(durable, `Guests that may ${may}`, guests);
  if (principals.length === 0) return;
  queue.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [...principals],
      actions: calls[may].map(call => `sqs:${call}`),
      resources: [queue.queueArn],
      conditions,
    }),
  );
  const onKey = keyCalls[may];
  if (!key || onKey.length === 0) return;
  key.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [...principals],
      actions: onKey.map(call => `kms:${call}`),
      resources: ['*'],
      conditions: {
        ...conditions,
        StringEquals: {
          ...(conditions.StringEquals as Readonly<Record<string, string>> | undefined),
          'kms:ViaService': `sqs.${Stack.of(durable).region}.amazonaws.com`,
        },
      },
    }),
  );
}
