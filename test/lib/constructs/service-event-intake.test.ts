import { serviceEventRules } from '../../../contracts/service-events.ts';
import { DurableQueue } from '../../../lib/constructs/durable-queue.ts';
import { MessageKey } from '../../../lib/constructs/message-key.ts';
import { ServiceEventIntake } from '../../../lib/constructs/service-event-intake.ts';
import { PropsError } from '../../../lib/constructs/validation.ts';
import { resourceOf, resourcesOfType, templateOf, testStack } from '../../support/stack-template.ts';

function makeIntake() {
  const stack = testStack();
  const key = new MessageKey(stack, 'Key', { description: 'Encrypts events' });
  const queue = new DurableQueue(stack, 'Events', { key });
  return { stack, key, queue, intake: new ServiceEventIntake(stack, 'Intake', { queue }) };
}

it('takes the events of a rule, and narrows them down', () => {
  const { intake } = makeIntake();
  intake.take(serviceEventRules.object_created, { bucket: { name: ['reports'] } });

  expect(intake.rules.map(rule => resourceOf(rule).Properties.EventPattern)).toEqual([
    {
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: { object: { 'version-id': [{ exists: true }] }, bucket: { name: ['reports'] } },
    },
  ]);
});

it('puts them on the queue in the words of the contract, tries for a day, and keeps the rest in a DLQ', () => {
  const { stack, queue, intake } = makeIntake();
  intake.take(serviceEventRules.instance_state_changed);

  const [rule] = intake.rules;
  const [target] = resourceOf(rule as NonNullable<typeof rule>).Properties.Targets as Record<
    string,
    unknown
  >[];
  expect(target).toMatchObject({
    Arn: stack.resolve(queue.queue.queueArn),
    DeadLetterConfig: { Arn: stack.resolve(intake.undelivered.queueArn) },
    RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
    InputTransformer: {
      InputPathsMap: {
        id: '$.id',
        time: '$.time',
        account: '$.account',
        region: '$.region',
        'detail-instance-id': '$.detail.instance-id',
        'detail-state': '$.detail.state',
      },
      InputTemplate:
        '{"event_type":"instance_state_changed","correlation_id":<id>,"at":<time>,"account":<account>,' +
        '"region":<region>,"instance_id":<detail-instance-id>,"state":<detail-state>}',
    },
  });
});

it('lets EventBridge send for rules of this stack alone, and waits with the rules until it may', () => {
  const { stack, intake } = makeIntake();
  intake.take(serviceEventRules.health_reported);
  const template = templateOf(stack);

  const rules = {
    ArnLike: {
      'aws:SourceArn': {
        'Fn::Join': [
          '',
          [
            'arn:',
            { Ref: 'AWS::Partition' },
            ':events:',
            { Ref: 'AWS::Region' },
            ':',
            { Ref: 'AWS::AccountId' },
            ':rule/orders-*',
          ],
        ],
      },
    },
    StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
  };
  const admitted = JSON.stringify(template).split('"Service":"events.amazonaws.com"').length;
  // Queue, DLQ, key: each once.
  expect(admitted - 1).toBe(3);
  for (const [type, count] of [
    ['AWS::SQS::QueuePolicy', 2],
    ['AWS::KMS::Key', 1],
  ] as const) {
    const conditions = resourcesOfType(template, type)
      .flatMap(([, { Properties }]) => {
        const { Statement } = (Properties.PolicyDocument ?? Properties.KeyPolicy) as {
          Statement: { Principal: { Service?: string }; Condition: unknown }[];
        };
        return Statement;
      })
      .filter(({ Principal }) => Principal.Service === 'events.amazonaws.com')
      .map(({ Condition }) => Condition);
    expect(conditions).toEqual(Array.from({ length: count }, () => rules));
  }
  const [rule] = resourcesOfType(template, 'AWS::Events::Rule');
  expect(rule?.[1].DependsOn).toHaveLength(2);
});

it('fails when the queue is FIFO', () => {
  const stack = testStack();
  const queue = new DurableQueue(stack, 'Ledger', { fifo: true });
  const make = () => new ServiceEventIntake(stack, 'Intake', { queue });
  expect(make).toThrow(PropsError);
  expect(make).toThrow('orders/Intake: queue is a FIFO queue; allowed: a standard queue.');
});
