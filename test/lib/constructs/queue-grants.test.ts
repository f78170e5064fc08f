import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { DurableQueue } from '../../../lib/constructs/durable-queue.ts';
import { MessageKey } from '../../../lib/constructs/message-key.ts';
import { grantConsume, grantCount, grantSend, grantTake } from '../../../lib/constructs/queue-grants.ts';
import { onlyResource, testStack } from '../../support/stack-template.ts';

function grant(
  how: typeof grantSend | typeof grantConsume | typeof grantTake | typeof grantCount,
  { encrypted }: { readonly encrypted: boolean },
) {
  const stack = testStack();
  const key = encrypted ? new MessageKey(stack, 'Key', { description: 'Encrypts jobs' }) : undefined;
  const queue = new DurableQueue(stack, 'Jobs', key ? { key } : {});
  const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
  how(role, queue);
  const { PolicyDocument } = onlyResource(stack, 'AWS::IAM::Policy').Properties;
  const { Statement } = PolicyDocument as { Statement: unknown };
  return { stack, queue, key, statements: Statement };
}

it('who sends may send, and nothing else', () => {
  const { stack, queue, statements } = grant(grantSend, { encrypted: false });
  expect(statements).toEqual([
    { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: stack.resolve(queue.queue.queueArn) },
  ]);
});

it('who sends to an encrypted queue may have data keys made and read', () => {
  const { stack, key, statements } = grant(grantSend, { encrypted: true });
  expect(statements).toContainEqual({
    Effect: 'Allow',
    Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
    Resource: stack.resolve(key?.keyArn),
  });
});

it('who consumes may take, hold and delete messages, and ask how many there are', () => {
  const { stack, queue, statements } = grant(grantConsume, { encrypted: false });
  expect(statements).toEqual([
    {
      Effect: 'Allow',
      Action: [
        'sqs:ChangeMessageVisibility',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:ReceiveMessage',
      ],
      Resource: stack.resolve(queue.queue.queueArn),
    },
  ]);
});

it('who consumes of an encrypted queue may decrypt', () => {
  const { stack, key, statements } = grant(grantConsume, { encrypted: true });
  expect(statements).toContainEqual({
    Effect: 'Allow',
    Action: 'kms:Decrypt',
    Resource: stack.resolve(key?.keyArn),
  });
});

it('who takes may take and delete messages, decrypt them, and count them: not hold them', () => {
  const { stack, queue, key, statements } = grant(grantTake, { encrypted: true });
  expect(statements).toEqual([
    {
      Effect: 'Allow',
      Action: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
      Resource: stack.resolve(queue.queue.queueArn),
    },
    { Effect: 'Allow', Action: 'kms:Decrypt', Resource: stack.resolve(key?.keyArn) },
  ]);
});

it('who counts may do nothing else, and needs no key', () => {
  const { stack, queue, statements } = grant(grantCount, { encrypted: true });
  expect(statements).toEqual([
    { Effect: 'Allow', Action: 'sqs:GetQueueAttributes', Resource: stack.resolve(queue.queue.queueArn) },
  ]);
});
