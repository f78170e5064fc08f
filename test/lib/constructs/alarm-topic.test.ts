import { RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { AlarmTopic, type AlarmTopicProps } from '../../../lib/constructs/alarm-topic.ts';
import {
  onlyResource,
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

  it('mails nobody by default', () => {
    const { stack } = makeTopic();
    expect(resourcesOfType(templateOf(stack), 'AWS::SNS::Subscription')).toEqual([]);
  });

  it('mails to the address that it is given', () => {
    const { stack, made } = makeTopic({ email: 'oncall@example.com' });
    expect(onlyResource(stack, 'AWS::SNS::Subscription').Properties).toEqual({
      Protocol: 'email',
      Endpoint: 'oncall@example.com',
      TopicArn: stack.resolve(made.topic.topicArn),
    });
  });

  it('keeps its key by default, and lets it go when told to', () => {
    expect(onlyResource(makeTopic().stack, 'AWS::KMS::Key').DeletionPolicy).toBe('Retain');
    const { stack } = makeTopic({ removalPolicy: RemovalPolicy.DESTROY });
    expect(onlyResource(stack, 'AWS::KMS::Key').DeletionPolicy).toBe('Delete');
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
