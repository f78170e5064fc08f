import { CfnResource, type Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { inventoryEvents, orderEvents, paymentEvents } from '../../../contracts/orders.ts';
import { DurableQueue } from '../../../lib/constructs/durable-queue.ts';
import { FanOutTopic } from '../../../lib/constructs/fan-out-topic.ts';
import { MessageKey } from '../../../lib/constructs/message-key.ts';
import type { FanOutOptions } from '../../../lib/constructs/subscriptions/topic-subscription.ts';
import {
  onlyResource,
  resourceOf,
  resourcesOfType,
  templateOf,
  testStack,
} from '../../support/stack-template.ts';

function makeTopic() {
  const stack = testStack();
  const topicKey = new MessageKey(stack, 'TopicKey', { description: 'Encrypts orders on their topic' });
  const topic = new FanOutTopic(stack, 'OrderPlaced', { events: orderEvents, key: topicKey });
  return { stack, topic, topicKey };
}

function fanOut(options?: FanOutOptions) {
  const made = makeTopic();
  const queueKey = new MessageKey(made.stack, 'QueueKey', { description: 'Encrypts orders in queues' });
  const payment = new DurableQueue(made.stack, 'Payment', { key: queueKey });
  const undelivered = made.topic.fanOutTo(payment, paymentEvents, options);
  return { ...made, queueKey, payment, undelivered };
}

interface Statement {
  readonly Effect: string;
  readonly Principal: unknown;
  readonly Action: unknown;
  readonly Condition?: unknown;
}

function statementsOf(properties: Readonly<Record<string, unknown>>, document = 'PolicyDocument') {
  return (properties[document] as { Statement: Statement[] }).Statement;
}

/** Statements of a queue's policy that let SNS in. */
function snsStatements(stack: Stack, queueUrl: string): Statement[] {
  return resourcesOfType(templateOf(stack), 'AWS::SQS::QueuePolicy')
    .map(([, policy]) => policy.Properties)
    .filter(({ Queues }) => JSON.stringify(Queues) === JSON.stringify([stack.resolve(queueUrl)]))
    .flatMap(properties => statementsOf(properties))
    .filter(({ Principal }) => JSON.stringify(Principal) === '{"Service":"sns.amazonaws.com"}');
}

describe('FanOutTopic', () => {
  it('is encrypted under its key', () => {
    const { stack, topic, topicKey } = makeTopic();
    expect(resourceOf(topic.topic).Properties).toMatchObject({
      KmsMasterKeyId: stack.resolve(topicKey.keyArn),
    });
  });

  it('is a standard topic without a physical name', () => {
    const { Properties } = resourceOf(makeTopic().topic.topic);
    expect(Properties).not.toHaveProperty('FifoTopic');
    expect(Properties).not.toHaveProperty('TopicName');
  });

  it('refuses to be published to, and every other call, without TLS', () => {
    const { stack } = makeTopic();
    const denied = statementsOf(onlyResource(stack, 'AWS::SNS::TopicPolicy').Properties)
      .filter(({ Effect }) => Effect === 'Deny')
      .map(({ Action, Principal, Condition }) => ({ Action, Principal, Condition }));
    const Condition = { Bool: { 'aws:SecureTransport': 'false' } };
    expect(denied).toEqual([
      { Action: 'sns:Publish', Principal: '*', Condition },
      { Action: expect.arrayContaining(['sns:Subscribe']), Principal: { AWS: '*' }, Condition },
    ]);
  });

  it('has no subscriber until it fans out', () => {
    const { stack, topic } = makeTopic();
    expect(resourcesOfType(templateOf(stack), 'AWS::SNS::Subscription')).toEqual([]);
    expect(topic.undelivered).toEqual([]);
  });
});

describe('a FIFO FanOutTopic', () => {
  function makeFifo(options: { readonly fifoQueue: boolean }) {
    const stack = testStack();
    const key = new MessageKey(stack, 'TopicKey', { description: 'Encrypts orders on their topic' });
    const topic = new FanOutTopic(stack, 'OrderPlaced', { events: orderEvents, key, fifo: true });
    const queue = new DurableQueue(stack, 'Payment', { fifo: options.fifoQueue });
    return { stack, topic, queue };
  }

  it('orders and deduplicates by message group', () => {
    expect(resourceOf(makeFifo({ fifoQueue: true }).topic.topic).Properties).toMatchObject({
      FifoTopic: true,
      ContentBasedDeduplication: true,
      FifoThroughputScope: 'MessageGroup',
      TopicName: expect.stringMatching(/\.fifo$/),
    });
  });

  it('keeps what it cannot deliver in a FIFO queue', () => {
    const { topic, queue } = makeFifo({ fifoQueue: true });

    expect(resourceOf(topic.fanOutTo(queue, paymentEvents)).Properties).toMatchObject({
      FifoQueue: true,
      QueueName: 'orders-payment-undelivered-order-placed.fifo',
    });
  });

  it('fails to fan out to a standard queue, and a standard topic to a FIFO queue', () => {
    const { topic, queue } = makeFifo({ fifoQueue: false });
    expect(() => topic.fanOutTo(queue, paymentEvents)).toThrow(
      /queue is standard; allowed: a FIFO queue, as the topic is. Set fifo on both or on neither./,
    );

    const standard = makeTopic();
    const fifo = new DurableQueue(standard.stack, 'Ledger', { fifo: true });
    expect(() => standard.topic.fanOutTo(fifo, paymentEvents)).toThrow(/queue is FIFO; allowed: a standard/);
  });
});

describe('FanOutTopic.fanOutTo', () => {
  it('subscribes the queue', () => {
    const { stack, topic, payment } = fanOut();
    expect(onlyResource(stack, 'AWS::SNS::Subscription').Properties).toMatchObject({
      Protocol: 'sqs',
      TopicArn: stack.resolve(topic.topic.topicArn),
      Endpoint: stack.resolve(payment.queue.queueArn),
    });
  });

  it('delivers the events that the contract selects, and no others', () => {
    const { stack } = fanOut();
    const { Properties } = onlyResource(stack, 'AWS::SNS::Subscription');
    expect(Properties).toMatchObject({ FilterPolicy: { eventType: ['order_placed', 'order_canceled'] } });
    expect(Properties.FilterPolicy).toEqual({ eventType: [...paymentEvents.types] });
    // By message attribute, which is the default scope.
    expect(Properties).not.toHaveProperty('FilterPolicyScope');
  });

  it('delivers events as they were published by default', () => {
    const { stack } = fanOut();
    expect(onlyResource(stack, 'AWS::SNS::Subscription').Properties).toMatchObject({
      RawMessageDelivery: true,
    });
  });

  it('delivers events in the envelope of SNS when told to', () => {
    const { stack } = fanOut({ rawMessageDelivery: false });
    expect(onlyResource(stack, 'AWS::SNS::Subscription').Properties).not.toMatchObject({
      RawMessageDelivery: true,
    });
  });

  it('keeps what cannot be delivered in the DLQ of the subscription that it returns and exposes', () => {
    const { stack, topic, payment, undelivered } = fanOut();
    expect(onlyResource(stack, 'AWS::SNS::Subscription').Properties).toMatchObject({
      RedrivePolicy: { deadLetterTargetArn: stack.resolve(undelivered.queueArn) },
    });
    expect(topic.undelivered).toEqual([undelivered]);
    expect(undelivered).not.toBe(payment.deadLetterQueue);
    expect(resourceOf(undelivered).Properties).toMatchObject({
      QueueName: 'orders-payment-undelivered-order-placed',
      MessageRetentionPeriod: 1_209_600,
    });
  });

  it('lets SNS send to the queue and to the DLQ of the subscription for this topic alone', () => {
    const { stack, topic, payment, undelivered } = fanOut();
    for (const queue of [payment.queue, undelivered]) {
      expect(snsStatements(stack, queue.queueUrl)).toMatchObject([
        { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: stack.resolve(queue.queueArn) },
      ]);
      expect(JSON.stringify(snsStatements(stack, queue.queueUrl)[0]?.Condition)).toMatch(
        new RegExp(
          `^{"Arn(Like|Equals)":{"aws:SourceArn":${JSON.stringify(stack.resolve(topic.topic.topicArn))}}}$`,
        ),
      );
    }
  });

  it('lets SNS use the key of both queues for this topic alone, and leaves the key of the topic alone', () => {
    const { stack, topic, topicKey, queueKey, undelivered, payment } = fanOut();
    const keyOf = (queue: typeof undelivered | typeof payment.queue) =>
      resourceOf(queue).Properties.KmsMasterKeyId;
    expect(keyOf(payment.queue)).toEqual(stack.resolve(queueKey.keyArn));
    expect(keyOf(undelivered)).toEqual(stack.resolve(queueKey.keyArn));
    const services = (key: MessageKey) =>
      statementsOf(resourceOf(key).Properties, 'KeyPolicy').filter(
        ({ Principal }) => (Principal as { Service?: string }).Service,
      );
    expect(services(queueKey)).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        Resource: '*',
        Condition: { ArnLike: { 'aws:SourceArn': stack.resolve(topic.topic.topicArn) } },
      },
    ]);
    expect(services(topicKey)).toEqual([]);
  });

  it('waits with the subscription until the queue lets SNS in, and the DLQ of the subscription too', () => {
    const { stack, topic, payment } = fanOut();
    const waits = [onlyResource(stack, 'AWS::SNS::Subscription').DependsOn].flat();
    const [undelivered] = topic.undelivered;
    for (const url of [payment.queue.queueUrl, undelivered?.queueUrl]) {
      const [[policyId] = []] = resourcesOfType(templateOf(stack), 'AWS::SQS::QueuePolicy').filter(
        ([, policy]) => JSON.stringify(policy.Properties.Queues) === JSON.stringify([stack.resolve(url)]),
      );
      expect(waits).toContain(policyId);
    }
  });

  it('gives each subscription a DLQ and a filter of its own', () => {
    const { stack, topic } = makeTopic();
    const payment = topic.fanOutTo(new DurableQueue(stack, 'Payment'), paymentEvents);
    const inventory = topic.fanOutTo(new DurableQueue(stack, 'Inventory'), inventoryEvents);

    const subscriptions = resourcesOfType(templateOf(stack), 'AWS::SNS::Subscription').map(
      ([, { Properties }]) => Properties,
    );
    expect(subscriptions).toMatchObject([
      {
        FilterPolicy: { eventType: [...paymentEvents.types] },
        RedrivePolicy: { deadLetterTargetArn: stack.resolve(payment.queueArn) },
      },
      {
        FilterPolicy: { eventType: [...inventoryEvents.types] },
        RedrivePolicy: { deadLetterTargetArn: stack.resolve(inventory.queueArn) },
      },
    ]);
    expect(topic.undelivered).toEqual([payment, inventory]);
    expect(payment).not.toBe(inventory);
  });
});

describe('FanOutTopic.grantPublish', () => {
  it('lets a role publish, and encrypt what it publishes', () => {
    const { stack, topic, topicKey } = makeTopic();
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });

    topic.grantPublish(role);

    expect(statementsOf(onlyResource(stack, 'AWS::IAM::Policy').Properties)).toEqual([
      { Effect: 'Allow', Action: 'sns:Publish', Resource: stack.resolve(topic.topic.topicArn) },
      {
        Effect: 'Allow',
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Resource: stack.resolve(topicKey.keyArn),
      },
    ]);
  });
});

describe('FanOutTopic without events of its own', () => {
  function fanOutEverything() {
    const stack = testStack();
    const topicKey = new MessageKey(stack, 'TopicKey', { description: 'Encrypts notifications' });
    const topic = new FanOutTopic(stack, 'Uploads', { key: topicKey });
    const queueKey = new MessageKey(stack, 'QueueKey', { description: 'Encrypts notifications in queues' });
    const queue = new DurableQueue(stack, 'Queue', { key: queueKey });
    topic.fanOutTo(queue, 'everything');
    return { stack, topic, topicKey, queue };
  }

  it('delivers whatever is published, to subscribers that ask for everything', () => {
    const { Properties } = onlyResource(fanOutEverything().stack, 'AWS::SNS::Subscription');
    expect(Properties).not.toHaveProperty('FilterPolicy');
    expect(Properties).toMatchObject({ RawMessageDelivery: true });
  });

  it('has no event that could be selected', () => {
    const { topic, queue } = fanOutEverything();
    // @ts-expect-error the topic does not carry orders
    expect(() => topic.fanOutTo(queue, paymentEvents)).toThrow(/There is already a Construct/);
  });
});

describe('FanOutTopic.admit', () => {
  const source = { sourceArn: 'arn:aws:s3:::uploads', sourceAccount: '111122223333' };
  const Condition = {
    ArnLike: { 'aws:SourceArn': source.sourceArn },
    StringEquals: { 'aws:SourceAccount': source.sourceAccount },
  };

  it('lets a service publish and use the key, for one source', () => {
    const { stack, topic, topicKey } = makeTopic();
    topic.admit('s3.amazonaws.com', source);
    const Principal = { Service: 's3.amazonaws.com' };

    expect(statementsOf(onlyResource(stack, 'AWS::SNS::TopicPolicy').Properties)).toContainEqual(
      expect.objectContaining({ Effect: 'Allow', Principal, Action: 'sns:Publish', Condition }),
    );
    expect(statementsOf(resourceOf(topicKey).Properties, 'KeyPolicy')).toContainEqual(
      expect.objectContaining({ Principal, Action: ['kms:Decrypt', 'kms:GenerateDataKey*'], Condition }),
    );
  });

  it('returns what must be there before anything is published: policy and subscriptions', () => {
    const { stack, topic } = fanOut();
    const publisher = new CfnResource(stack, 'Publisher', { type: 'Made::Up::Publisher' });
    publisher.node.addDependency(topic.admit('s3.amazonaws.com', source));
    const late = new DurableQueue(stack, 'Late');
    topic.fanOutTo(late, inventoryEvents);
    const template = templateOf(stack);

    const expected = ['AWS::SNS::TopicPolicy', 'AWS::SNS::Subscription'].flatMap(type =>
      resourcesOfType(template, type).map(([id]) => id),
    );
    expect(expected).toHaveLength(3);
    expect([...(template.Resources.Publisher?.DependsOn ?? [])].sort()).toEqual(expected.sort());
  });
});
