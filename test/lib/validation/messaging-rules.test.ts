import { messagingRules } from '../../../lib/validation/messaging-rules.ts';
import { systemTemplate } from '../../support/synthesized-app.ts';

type Resources = Record<string, { Type: string; Properties: Record<string, unknown> }>;

const intact = systemTemplate('order-processing', 'dev') as object as { Resources: Resources };

/** Names and properties of what the rules find in order-processing after a change. */
function findingsAfter(
  change: (resources: Resources) => void,
): [rule: string, property: string, found: string][] {
  const template = structuredClone(intact);
  change(template.Resources);
  return messagingRules.flatMap(rule =>
    rule
      .findings(template)
      .map(({ property, found }): [string, string, string] => [rule.name, property, found]),
  );
}

/** Properties of the resource of a type that a property tells from the others. */
function pick(resources: Resources, type: string, [name, value]: [string, unknown] = ['', undefined]) {
  const found = Object.values(resources).find(
    ({ Type, Properties }) => Type === type && (!name || Properties[name] === value),
  );
  if (!found) throw new Error(`There is no ${type} whose ${name} is ${String(value)}`);
  return found.Properties;
}

const queue = (resources: Resources, name = 'order-processing-payment') =>
  pick(resources, 'AWS::SQS::Queue', ['QueueName', name]);
const deadLetterQueue = (resources: Resources) => queue(resources, 'order-processing-payment-dlq');
const mapping = (resources: Resources) => pick(resources, 'AWS::Lambda::EventSourceMapping');
const subscription = (resources: Resources) => pick(resources, 'AWS::SNS::Subscription');
const consumer = (resources: Resources) => {
  const { Ref } = mapping(resources).FunctionName as { Ref: string };
  const found = resources[Ref];
  if (!found) throw new Error('The mapping names no function of the stack');
  return found.Properties;
};
const redrive = (resources: Resources) => queue(resources).RedrivePolicy as Record<string, unknown>;

describe('messagingRules', () => {
  it('find nothing in order-processing', () => {
    expect(findingsAfter(() => {})).toEqual([]);
  });

  it.each<[string, (resources: Resources) => void, [rule: string, property: string, found: string][]]>([
    [
      'takes what a topic takes by default, where the topic takes more',
      resources => {
        for (const { Type, Properties } of Object.values(resources)) {
          if (Type === 'AWS::SNS::Topic') Properties.MaximumMessageSize = 1_048_576;
        }
        Object.assign(queue(resources), { MaximumMessageSize: 262_144 });
      },
      [['MessageSizes', 'MaximumMessageSize', '262144, of 1048576 bytes']],
    ],
    [
      'hides messages for less than six timeouts',
      resources => Object.assign(queue(resources), { VisibilityTimeout: 89 }),
      [['VisibilityTimeout', 'VisibilityTimeout', '89, of 90 s']],
    ],
    [
      'says nothing of the visibility timeout, which is 30 seconds then',
      resources => delete queue(resources).VisibilityTimeout,
      [['VisibilityTimeout', 'VisibilityTimeout', '30, of 90 s']],
    ],
    [
      'waits for batches beyond the visibility timeout',
      resources => Object.assign(mapping(resources), { MaximumBatchingWindowInSeconds: 1 }),
      [['VisibilityTimeout', 'VisibilityTimeout', '90, of 91 s']],
    ],
    [
      'gives a message up after four receives before a function',
      resources => Object.assign(redrive(resources), { maxReceiveCount: 4 }),
      [['MaxReceiveCount', 'RedrivePolicy.maxReceiveCount', '4']],
    ],
    [
      'gives a message up after one receive before a fleet',
      resources => {
        Object.assign(redrive(resources), { maxReceiveCount: 1 });
        for (const [id, { Type }] of Object.entries(resources)) {
          if (Type === 'AWS::Lambda::EventSourceMapping') delete resources[id];
        }
      },
      [['MaxReceiveCount', 'RedrivePolicy.maxReceiveCount', '1']],
    ],
    [
      'has a DLQ that keeps messages for four days',
      resources => delete deadLetterQueue(resources).MessageRetentionPeriod,
      [['DeadLetterRetention', 'MessageRetentionPeriod', '345600']],
    ],
    [
      'has a DLQ of a subscription that keeps messages for a week',
      resources =>
        Object.assign(queue(resources, 'order-processing-payment-undelivered-order-placed'), {
          MessageRetentionPeriod: 604_800,
        }),
      [['DeadLetterRetention', 'MessageRetentionPeriod', '604800']],
    ],
    [
      'keeps messages for as long as its DLQ',
      resources => Object.assign(queue(resources), { MessageRetentionPeriod: 1_209_600 }),
      [['DeadLetterRetention', 'MessageRetentionPeriod', "1209600, as long as its DLQ's"]],
    ],
    [
      'has a standard DLQ behind a FIFO queue',
      resources => Object.assign(queue(resources), { FifoQueue: true }),
      [
        ['DeadLetterKind', 'FifoQueue', 'false'],
        ['FifoSubscription', 'Endpoint', 'a FIFO queue'],
      ],
    ],
    [
      'has a FIFO DLQ behind a standard queue',
      resources => Object.assign(deadLetterQueue(resources), { FifoQueue: true }),
      [['DeadLetterKind', 'FifoQueue', 'true']],
    ],
    [
      'has a DLQ that any queue may use',
      resources => delete deadLetterQueue(resources).RedriveAllowPolicy,
      [['DeadLetterSource', 'RedriveAllowPolicy.redrivePermission', 'allowAll']],
    ],
    [
      'has a DLQ whose alarm watches what is sent, which leaves out dead letters',
      resources =>
        Object.assign(alarmOf(resources, 'order-processing-payment-dlq'), {
          MetricName: 'NumberOfMessagesSent',
        }),
      [['DeadLetterAlarm', 'QueueName', 'without an alarm']],
    ],
    [
      'has a DLQ whose alarm tells nobody',
      resources => delete alarmOf(resources, 'order-processing-payment-dlq').AlarmActions,
      [
        ['DeadLetterAlarm', 'QueueName', 'without an alarm'],
        ['AlarmActions', 'AlarmActions', 'empty'],
      ],
    ],
    [
      'answers receives empty at once',
      resources => delete queue(resources).ReceiveMessageWaitTimeSeconds,
      [['LongPolling', 'ReceiveMessageWaitTimeSeconds', '0']],
    ],
    [
      'retries a whole batch for one failure',
      resources => delete mapping(resources).FunctionResponseTypes,
      [['PartialBatchResponse', 'FunctionResponseTypes', '[]']],
    ],
    [
      'lets a queue take all the concurrency of the account',
      resources => delete mapping(resources).ScalingConfig,
      [['PollerConcurrency', 'ScalingConfig.MaximumConcurrency', 'not set']],
    ],
    [
      'reserves less concurrency than the mapping asks for',
      resources => Object.assign(consumer(resources), { ReservedConcurrentExecutions: 4 }),
      [['PollerConcurrency', 'ReservedConcurrentExecutions', '4, of 5']],
    ],
    [
      'loses what a subscription cannot deliver',
      resources => delete subscription(resources).RedrivePolicy,
      [
        // What was its DLQ is a queue like any other then.
        ['LongPolling', 'ReceiveMessageWaitTimeSeconds', '0'],
        ['SubscriptionDeadLetter', 'RedrivePolicy', 'not set'],
      ],
    ],
    [
      'filters on six attributes',
      resources =>
        Object.assign(subscription(resources), {
          FilterPolicy: { a: ['1'], b: ['1'], c: ['1'], d: ['1'], e: ['1'], f: ['1'] },
        }),
      [['FilterPolicySize', 'FilterPolicy', '6 attributes and 1 combinations']],
    ],
    [
      'filters on 151 values',
      resources =>
        Object.assign(subscription(resources), {
          FilterPolicy: { eventType: Array.from({ length: 151 }, (_, index) => String(index)) },
        }),
      [['FilterPolicySize', 'FilterPolicy', '1 attributes and 151 combinations']],
    ],
    [
      'is encrypted under a key of AWS that no service can be admitted to',
      resources => Object.assign(queue(resources), { KmsMasterKeyId: 'alias/aws/sqs' }),
      [['DeliverableKey', 'KmsMasterKeyId', '"alias/aws/sqs"']],
    ],
    [
      'keeps its logs for ever',
      resources => delete pick(resources, 'AWS::Logs::LogGroup').RetentionInDays,
      [['LogRetention', 'RetentionInDays', 'not set']],
    ],
  ])('find a system that %s', (_, change, expected) => {
    expect(findingsAfter(change)).toEqual(expected);
  });

  it('find a queue under the key of a topic', () => {
    const shared = (resources: Resources) => pick(resources, 'AWS::SNS::Topic').KmsMasterKeyId;
    expect(
      findingsAfter(resources => Object.assign(queue(resources), { KmsMasterKeyId: shared(resources) })),
    ).toEqual([['SeparateKeys', 'KmsMasterKeyId', expect.stringContaining(', the key of a topic')]]);
  });

  it('name the resource that is to be mended', () => {
    const [rule] = messagingRules.filter(({ name }) => name === 'LongPolling');
    const template = structuredClone(intact);
    delete queue(template.Resources).ReceiveMessageWaitTimeSeconds;
    const [[id] = []] = Object.entries(intact.Resources).filter(
      ([, { Properties }]) => Properties.QueueName === 'order-processing-payment',
    );
    expect(rule?.findings(template).map(({ logicalId }) => logicalId)).toEqual([id]);
  });

  it('say nothing of a queue behind a target of an event rule but what they say of any DLQ', () => {
    const found = findingsAfter(resources => {
      resources.Late = { Type: 'AWS::SQS::Queue', Properties: { MessageRetentionPeriod: 1_209_600 } };
      resources.Nightly = {
        Type: 'AWS::Events::Rule',
        Properties: { Targets: [{ DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['Late', 'Arn'] } } }] },
      };
    });
    expect(found).toEqual([['DeadLetterAlarm', 'QueueName', 'without an alarm']]);
  });

  it('let mails go without a DLQ, which SNS does not have for them', () => {
    const found = findingsAfter(resources => {
      resources.Mail = { Type: 'AWS::SNS::Subscription', Properties: { Protocol: 'email' } };
    });
    expect(found).toEqual([]);
  });

  it('let pass what only the deployment knows', () => {
    const parameter = { Ref: 'Seconds' };
    const found = findingsAfter(resources => {
      Object.assign(queue(resources), { VisibilityTimeout: parameter });
      Object.assign(deadLetterQueue(resources), { MessageRetentionPeriod: parameter });
    });
    expect(found).toEqual([]);
  });

  it('find nothing in a template without resources', () => {
    expect(messagingRules.flatMap(rule => rule.findings({}))).toEqual([]);
  });

  it('say what to do, in sentences', () => {
    for (const { requires, remedy } of messagingRules) {
      expect(requires).toMatch(/^[A-Z].+\.$/);
      expect(remedy).toMatch(/^[A-Z].+\.$/);
    }
  });
});

function alarmOf(resources: Resources, queueName: string): Record<string, unknown> {
  const [[id] = []] = Object.entries(resources).filter(
    ([, { Properties }]) => Properties.QueueName === queueName,
  );
  const found = Object.values(resources).find(
    ({ Type, Properties }) =>
      Type === 'AWS::CloudWatch::Alarm' && JSON.stringify(Properties.Dimensions).includes(`"${id}"`),
  );
  if (!found) throw new Error(`${queueName} has no alarm`);
  return found.Properties;
}
