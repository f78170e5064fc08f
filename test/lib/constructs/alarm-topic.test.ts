import { RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { AlarmTopic, type AlarmTopicProps } from '../../../lib/constructs/alarm-topic.ts';
import {
  onlyResource,
  referredId,
  resourceOf,
  resourcesOfType,
  templateOf,
  testStack,
} from '../../support/stack-template.ts';

function makeTopic(props?: AlarmTopicProps) {
  const stack = testStack();
  return { stack, made: new AlarmTopic(stack, 'Alarms', props) };
}

function makeAlarm(stack: Stack, id: string): Alarm {
  const metric = new Metric({ namespace: 'Orders', metricName: id });
  return new Alarm(stack, id, { metric, threshold: 1, evaluationPeriods: 1 });
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Principal: { readonly Service?: string };
  readonly Condition?: unknown;
}

const statements = (properties: Readonly<Record<string, unknown>>, document: string) =>
  (properties[document] as { Statement: Statement[] }).Statement;

describe('AlarmTopic', () => {
  it('is encrypted under a rotating key of its own', () => {
    const { stack, made } = makeTopic();
    const [[keyId, key] = []] = resourcesOfType(templateOf(stack), 'AWS::KMS::Key');
    expect(resourceOf(made.topic).Properties).toMatchObject({
      KmsMasterKeyId: { 'Fn::GetAtt': [keyId, 'Arn'] },
    });
    expect(key?.Properties).toMatchObject({ EnableKeyRotation: true });
  });

  it('says in its mails which stack they are about', () => {
    expect(resourceOf(makeTopic().made.topic).Properties).toMatchObject({ DisplayName: 'Alarms of orders' });
  });

  it('admits CloudWatch to the topic and to its key, for alarms of this stack and account', () => {
    const { stack, made } = makeTopic();
    const alarmsOfThisStack = {
      ArnLike: {
        'aws:SourceArn': {
          'Fn::Join': [
            '',
            [
              'arn:',
              { Ref: 'AWS::Partition' },
              ':cloudwatch:',
              { Ref: 'AWS::Region' },
              ':',
              { Ref: 'AWS::AccountId' },
              ':alarm:orders-*',
            ],
          ],
        },
      },
      StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
    };
    const ofCloudWatch = ({ Principal }: Statement) => Principal.Service === 'cloudwatch.amazonaws.com';

    const topicPolicy = onlyResource(stack, 'AWS::SNS::TopicPolicy').Properties;
    expect(topicPolicy.Topics).toEqual([stack.resolve(made.topic.topicArn)]);
    expect(statements(topicPolicy, 'PolicyDocument').filter(ofCloudWatch)).toMatchObject([
      { Effect: 'Allow', Action: 'sns:Publish', Condition: alarmsOfThisStack },
    ]);
    const key = onlyResource(stack, 'AWS::KMS::Key').Properties;
    expect(statements(key, 'KeyPolicy').filter(ofCloudWatch)).toMatchObject([
      {
        Effect: 'Allow',
        Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        Condition: alarmsOfThisStack,
      },
    ]);
  });

  it('refuses requests without TLS', () => {
    const { stack } = makeTopic();
    const denials = statements(
      onlyResource(stack, 'AWS::SNS::TopicPolicy').Properties,
      'PolicyDocument',
    ).filter(({ Effect }) => Effect === 'Deny');
    expect(denials.flatMap(({ Action }) => Action)).toContain('sns:Publish');
    for (const { Condition } of denials) {
      expect(Condition).toEqual({ Bool: { 'aws:SecureTransport': 'false' } });
    }
  });

  it('tells nobody by default', () => {
    const { stack } = makeTopic();
    expect(resourcesOfType(templateOf(stack), 'AWS::SNS::Subscription')).toEqual([]);
    expect(resourcesOfType(templateOf(stack), 'AWS::SQS::Queue')).toEqual([]);
  });

  it('mails to the addresses that it is given', () => {
    const emails = ['oncall@example.com', 'lead@example.com'];
    const { stack, made } = makeTopic({ emails });
    const subscriptions = resourcesOfType(templateOf(stack), 'AWS::SNS::Subscription');
    expect(subscriptions.map(([, { Properties }]) => Properties)).toEqual(
      emails.map(Endpoint => ({
        Protocol: 'email',
        Endpoint,
        TopicArn: stack.resolve(made.topic.topicArn),
      })),
    );
  });

  it('keeps its key by default, and lets it go when told to', () => {
    expect(onlyResource(makeTopic().stack, 'AWS::KMS::Key').DeletionPolicy).toBe('Retain');
    const { stack } = makeTopic({ removalPolicy: RemovalPolicy.DESTROY });
    expect(onlyResource(stack, 'AWS::KMS::Key').DeletionPolicy).toBe('Delete');
  });
});

describe('webhooks of an AlarmTopic', () => {
  const urls = ['https://pager.example.com/integration/1', 'https://pager.example.com/integration/2'];
  const { stack, made } = makeTopic({ webhooks: urls });
  const template = templateOf(stack);
  const queues = resourcesOfType(template, 'AWS::SQS::Queue').map(([id]) => id);
  const subscriptions = resourcesOfType(template, 'AWS::SNS::Subscription').map(
    ([, { Properties }]) => Properties,
  );

  it('get every alarm over HTTPS, as SNS sends it, and are tried again for minutes', () => {
    expect(subscriptions).toMatchObject(
      urls.map(Endpoint => ({
        Protocol: 'https',
        Endpoint,
        TopicArn: stack.resolve(made.topic.topicArn),
        DeliveryPolicy: {
          healthyRetryPolicy: { numRetries: 10, maxDelayTarget: 300 },
          requestPolicy: { headerContentType: 'text/plain' },
        },
      })),
    );
    for (const subscription of subscriptions) {
      expect(subscription).not.toHaveProperty('FilterPolicy');
      expect(subscription.RawMessageDelivery ?? false).toBe(false);
    }
  });

  it('have a DLQ each, whose alarm goes to the topic, and so to whoever else it reaches', () => {
    const deadLetterQueues = subscriptions.map(({ RedrivePolicy }) =>
      referredId((RedrivePolicy as { deadLetterTargetArn: unknown }).deadLetterTargetArn),
    );
    expect(deadLetterQueues).toEqual(queues);
    expect(new Set(queues).size).toBe(urls.length);
    const topicArn = stack.resolve(made.topic.topicArn);
    expect(
      resourcesOfType(template, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties),
    ).toMatchObject(
      queues.map(id => ({
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [id, 'QueueName'] } }],
        Threshold: 1,
        // Old alarms are not redriven, as other messages are.
        AlarmDescription: expect.stringContaining('subscription.md#alarms-were-not-posted'),
        AlarmActions: [topicArn],
      })),
    );
    expect(made.alarms).toHaveLength(urls.length);
  });

  it('keep their ids when another one is taken out', () => {
    const idsOf = (webhooks: string[]) =>
      resourcesOfType(templateOf(makeTopic({ webhooks }).stack), 'AWS::SNS::Subscription').map(([id]) => id);
    expect(idsOf(urls)).toContain(idsOf(urls.slice(1))[0]);
  });

  it('fail when one is not HTTPS', () => {
    expect(() => makeTopic({ webhooks: ['http://pager.example.com/'] })).toThrow(
      'url is http://pager.example.com/; allowed: a URL that begins with https://',
    );
  });
});

describe('AlarmTopic.notifyOf', () => {
  it('tells the topic when each alarm goes off, and when it is over', () => {
    const { stack, made } = makeTopic();
    const alarms = [makeAlarm(stack, 'First'), makeAlarm(stack, 'Second')];

    made.notifyOf(...alarms);

    const topicArn = stack.resolve(made.topic.topicArn);
    for (const alarm of alarms) {
      const { Properties } = resourceOf(alarm);
      expect(Properties).toMatchObject({ AlarmActions: [topicArn], OKActions: [topicArn] });
      expect(Properties).not.toHaveProperty('InsufficientDataActions');
      expect(Properties.ActionsEnabled).not.toBe(false);
    }
  });
});
