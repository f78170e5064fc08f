import { RemovalPolicy } from 'aws-cdk-lib';
import * as v from 'valibot';
import { DurableQueue } from '../../../lib/constructs/durable-queue.ts';
import { MessageFunction } from '../../../lib/constructs/message-function.ts';
import { MessageKey } from '../../../lib/constructs/message-key.ts';
import { TaskScheduler } from '../../../lib/constructs/task-scheduler.ts';
import { PropsError } from '../../../lib/constructs/validation.ts';
import { resourceOf, resourcesOfType, templateOf, testStack } from '../../support/stack-template.ts';

function makeScheduler({
  encrypted = true,
  removalPolicy,
}: {
  encrypted?: boolean;
  removalPolicy?: RemovalPolicy;
} = {}) {
  const stack = testStack();
  const key = encrypted ? new MessageKey(stack, 'Key', { description: 'Encrypts tasks' }) : undefined;
  const queue = new DurableQueue(stack, 'Tasks', key ? { key } : {});
  const scheduler = new TaskScheduler(stack, 'Scheduler', {
    queue,
    ...(removalPolicy && { removalPolicy }),
  });
  return { stack, key, queue, scheduler };
}

/** Statements of the policies whose roles are in a scope. */
function statementsOf(stack: ReturnType<typeof testStack>, id: RegExp): unknown[] {
  return resourcesOfType(templateOf(stack), 'AWS::IAM::Policy')
    .filter(([policy]) => id.test(policy))
    .flatMap(([, { Properties }]) => (Properties.PolicyDocument as { Statement: unknown[] }).Statement);
}

it('lets Scheduler assume the role for this group, in this account', () => {
  const { stack, scheduler } = makeScheduler();
  const { AssumeRolePolicyDocument } = resourceOf(scheduler.role).Properties;
  expect(AssumeRolePolicyDocument).toMatchObject({
    Statement: [
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: 'scheduler.amazonaws.com' },
        Condition: {
          ArnLike: { 'aws:SourceArn': stack.resolve(scheduler.group.attrArn) },
          StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
        },
      },
    ],
  });
});

it('lets the role send to the queue and to the DLQ, through their key, and do nothing else', () => {
  const { stack, key, queue, scheduler } = makeScheduler();
  expect(statementsOf(stack, /^SchedulerRole/)).toEqual([
    {
      Effect: 'Allow',
      Action: 'sqs:SendMessage',
      Resource: [stack.resolve(scheduler.undelivered.queueArn), stack.resolve(queue.queue.queueArn)],
    },
    { Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: stack.resolve(key?.keyArn) },
  ]);
});

it('asks for no key where there is none', () => {
  const { stack } = makeScheduler({ encrypted: false });
  expect(JSON.stringify(statementsOf(stack, /^SchedulerRole/))).not.toContain('kms:');
});

it('keeps what cannot be sent for 14 days, in a standard queue under the same key', () => {
  const { stack, key, scheduler } = makeScheduler();
  const { Properties } = resourceOf(scheduler.undelivered);
  expect(Properties).toMatchObject({
    MessageRetentionPeriod: 1_209_600,
    KmsMasterKeyId: stack.resolve(key?.keyArn),
  });
  expect(Properties).not.toHaveProperty('FifoQueue');
});

it.each([
  [undefined, 'Retain'],
  [RemovalPolicy.DESTROY, 'Delete'],
])('has a group, with its schedules, that is removed as told (%s: %s)', (removalPolicy, expected) => {
  const { scheduler } = makeScheduler(removalPolicy ? { removalPolicy } : {});
  expect(resourceOf(scheduler.group)).toMatchObject({
    DeletionPolicy: expected,
    UpdateReplacePolicy: expected,
  });
});

it('says what schedules will send to, for the delivery proof', () => {
  const { stack, queue, scheduler } = makeScheduler();
  expect(resourceOf(scheduler.role).Metadata?.['messaging:schedules']).toEqual({
    GroupName: stack.resolve(scheduler.group.ref),
    Target: {
      Arn: stack.resolve(queue.queue.queueArn),
      DeadLetterConfig: { Arn: stack.resolve(scheduler.undelivered.queueArn) },
    },
  });
});

it('lets a function make schedules of the group, and pass the role to Scheduler', () => {
  const { stack, scheduler } = makeScheduler();
  const owner = new MessageFunction(stack, 'TakeTasks', {
    entry: 'lambda/delayed-tasks/take-tasks.ts',
    environmentSchema: v.object({}),
    environment: {},
    description: 'Takes tasks',
    serviceName: 'take-tasks',
    metricsNamespace: 'DelayedTasks',
  });
  scheduler.grantSchedule(owner);

  const statements = statementsOf(stack, /^TakeTasks/);
  expect(statements).toContainEqual({
    Effect: 'Allow',
    Action: ['scheduler:CreateSchedule', 'scheduler:DeleteSchedule', 'scheduler:UpdateSchedule'],
    Resource: {
      'Fn::Join': [
        '',
        [
          'arn:',
          { Ref: 'AWS::Partition' },
          ':scheduler:',
          { Ref: 'AWS::Region' },
          ':',
          { Ref: 'AWS::AccountId' },
          ':schedule/',
          stack.resolve(scheduler.group.ref),
          '/*',
        ],
      ],
    },
  });
  expect(statements).toContainEqual({
    Effect: 'Allow',
    Action: 'iam:PassRole',
    Resource: stack.resolve(scheduler.role.roleArn),
    Condition: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
  });
});

it('fails when the queue is FIFO: its messages have no delay of their own', () => {
  const stack = testStack();
  const queue = new DurableQueue(stack, 'Ledger', { fifo: true });
  const make = () => new TaskScheduler(stack, 'Scheduler', { queue });
  expect(make).toThrow(PropsError);
  expect(make).toThrow('orders/Scheduler: queue is a FIFO queue; allowed: a standard queue.');
});
