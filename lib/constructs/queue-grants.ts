import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { DurableQueue } from './durable-queue.ts';

/** A queue, and the key that encrypts it where SQS has none of its own for it. */
export interface KeyedQueue {
  readonly queue: IQueue;
  readonly key?: IKey | undefined;
}

/** Lets a principal send messages to a queue, and encrypt them. */
export function grantSend(grantee: iam.IGrantable, { queue, key }: KeyedQueue): void {
  iam.Grant.addToPrincipal({ grantee, actions: ['sqs:SendMessage'], resourceArns: [queue.queueArn] });
  // SQS asks for both: a data key is made by the one and read again by the other.
  key?.grant(grantee, 'kms:Decrypt', 'kms:GenerateDataKey');
}

/** Lets a principal take messages from a queue, hold them while it works, delete them, and decrypt them. */
export function grantConsume(grantee: iam.IGrantable, { queue, key }: DurableQueue): void {
  iam.Grant.addToPrincipal({
    grantee,
    actions: [
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
      'sqs:ChangeMessageVisibility',
      'sqs:GetQueueAttributes',
    ],
    resourceArns: [queue.queueArn],
  });
  key?.grant(grantee, 'kms:Decrypt');
}

/** Lets a principal take messages out of a queue, decrypt them, and count those that are there. */
export function grantTake(grantee: iam.IGrantable, { queue, key }: KeyedQueue): void {
  iam.Grant.addToPrincipal({
    grantee,
    actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
    resourceArns: [queue.queueArn],
  });
  key?.grant(grantee, 'kms:Decrypt');
}

/** Lets a principal count the messages of a queue. */
export function grantCount(grantee: iam.IGrantable, { queue }: KeyedQueue): void {
  iam.Grant.addToPrincipal({ grantee, actions: ['sqs:GetQueueAttributes'], resourceArns: [queue.queueArn] });
}
