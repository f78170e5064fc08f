import { PublishCommand } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { AlarmChange } from '../../../local/cloud-events.ts';
import { eventually } from '../emulators/endpoint-under-test.ts';
import { attributeOf, notesOn, ProvisionedStacks, refTo } from './provisioned-stacks.ts';

const stacks = new ProvisionedStacks();

afterAll(() => stacks.stop());

const visibleInDlq = (Period: number) => ({
  Namespace: 'AWS/SQS',
  MetricName: 'ApproximateNumberOfMessagesVisible',
  Dimensions: [{ Name: 'QueueName', Value: attributeOf('Dlq', 'QueueName') }],
  Period,
  Statistic: 'Maximum',
});

const atLeastOne = {
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  EvaluationPeriods: 1,
  TreatMissingData: 'notBreaching',
};

it('goes off and ends with what a queue holds, and tells its topic', async () => {
  const { cloud, sqs } = await stacks.ofResources({
    Dlq: { Type: 'AWS::SQS::Queue' },
    Inbox: { Type: 'AWS::SQS::Queue' },
    Alarms: { Type: 'AWS::SNS::Topic' },
    Subscription: {
      Type: 'AWS::SNS::Subscription',
      Properties: {
        TopicArn: refTo('Alarms'),
        Protocol: 'sqs',
        Endpoint: attributeOf('Inbox'),
        RawMessageDelivery: true,
      },
    },
    DeadLetters: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: { ...visibleInDlq(60), ...atLeastOne, AlarmActions: [refTo('Alarms')] },
    },
  });
  const changes: AlarmChange[] = [];
  cloud.events.on('alarm', change => changes.push(change));
  const QueueUrl = cloud.resource('Dlq')?.ref;
  const path = 'shop/DeadLetters';
  const state = () => cloud.alarms().find(alarm => alarm.path === path)?.state;

  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'poison' }));
  await eventually(async () => state() === 'ALARM');
  const { Messages: [message] = [] } = await eventually(async () => {
    const answer = await sqs.send(new ReceiveMessageCommand({ QueueUrl: cloud.resource('Inbox')?.ref }));
    return answer.Messages && answer;
  });

  expect(JSON.parse(message?.Body ?? '')).toMatchObject({
    AlarmName: 'shop-DeadLetters',
    NewStateValue: 'ALARM',
    Trigger: { MetricName: 'ApproximateNumberOfMessagesVisible' },
  });
  expect(changes.at(-1)).toMatchObject({
    path,
    state: 'ALARM',
    reason: expect.stringContaining('1 datapoint'),
  });

  await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 20 }));

  await eventually(async () => state() === 'OK');
});

it('is judged by an expression over metrics', async () => {
  const { cloud, sqs } = await stacks.ofResources({
    Dlq: { Type: 'AWS::SQS::Queue' },
    Doubled: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        ...atLeastOne,
        Threshold: 2,
        Metrics: [
          { Id: 'twice', Expression: 'visible * 2', ReturnData: true },
          {
            Id: 'visible',
            ReturnData: false,
            MetricStat: {
              Metric: (({ Period, Statistic, ...metric }) => metric)(visibleInDlq(60)),
              Period: 60,
              Stat: 'Maximum',
            },
          },
        ],
      },
    },
  });

  await sqs.send(new SendMessageCommand({ QueueUrl: cloud.resource('Dlq')?.ref, MessageBody: 'poison' }));

  await eventually(async () => cloud.alarms()[0]?.state === 'ALARM');
});

it('that is not evaluated is said to be so', async () => {
  const { cloud } = await stacks.ofResources({
    Dlq: { Type: 'AWS::SQS::Queue' },
    Band: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: { ...visibleInDlq(60), ...atLeastOne, ComparisonOperator: 'GreaterThanUpperThreshold' },
    },
  });

  expect(notesOn(cloud, 'Band')).toEqual(['is not evaluated here: operator GreaterThanUpperThreshold']);
  expect(cloud.alarms()).toEqual([]);
});

it('goes off when a topic cannot deliver', async () => {
  const { cloud, sns } = await stacks.ofResources({
    Topic: { Type: 'AWS::SNS::Topic' },
    Subscription: {
      Type: 'AWS::SNS::Subscription',
      Properties: {
        TopicArn: refTo('Topic'),
        Protocol: 'sqs',
        Endpoint: 'arn:aws:sqs:us-east-1:000000000000:nowhere',
      },
    },
    Undelivered: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        ...atLeastOne,
        Namespace: 'AWS/SNS',
        MetricName: 'NumberOfNotificationsFailed',
        Dimensions: [{ Name: 'TopicName', Value: attributeOf('Topic', 'TopicName') }],
        Period: 60,
        Statistic: 'Sum',
      },
    },
  });

  await sns.send(new PublishCommand({ TopicArn: cloud.resource('Topic')?.ref, Message: 'lost' }));

  await eventually(async () => cloud.alarms()[0]?.state === 'ALARM');
});

it('goes off with another alarm, of which alone a topic is told', async () => {
  const { cloud, sqs } = await stacks.ofResources({
    Dlq: { Type: 'AWS::SQS::Queue' },
    Inbox: { Type: 'AWS::SQS::Queue' },
    Alarms: { Type: 'AWS::SNS::Topic' },
    Subscription: {
      Type: 'AWS::SNS::Subscription',
      Properties: {
        TopicArn: refTo('Alarms'),
        Protocol: 'sqs',
        Endpoint: attributeOf('Inbox'),
        RawMessageDelivery: true,
      },
    },
    DeadLetters: { Type: 'AWS::CloudWatch::Alarm', Properties: { ...visibleInDlq(60), ...atLeastOne } },
    Unhealthy: {
      Type: 'AWS::CloudWatch::CompositeAlarm',
      Properties: {
        AlarmRule: { 'Fn::Join': ['', ['(ALARM("', attributeOf('DeadLetters'), '"))']] },
        AlarmActions: [refTo('Alarms')],
      },
    },
    Remains: {
      Type: 'AWS::CloudWatch::CompositeAlarm',
      Properties: {
        AlarmRule: { 'Fn::Join': ['', ['(ALARM("', attributeOf('DeadLetters'), '"))']] },
        AlarmActions: [refTo('Alarms')],
        ActionsSuppressor: attributeOf('Unhealthy'),
        ActionsSuppressorWaitPeriod: 60,
        ActionsSuppressorExtensionPeriod: 60,
      },
    },
  });
  const state = (path: string) => cloud.alarms().find(alarm => alarm.path === path)?.state;

  await sqs.send(new SendMessageCommand({ QueueUrl: cloud.resource('Dlq')?.ref, MessageBody: 'poison' }));
  await eventually(async () => state('shop/Unhealthy') === 'ALARM' && state('shop/Remains') === 'ALARM');
  const { Messages: [message] = [] } = await eventually(async () => {
    const answer = await sqs.send(new ReceiveMessageCommand({ QueueUrl: cloud.resource('Inbox')?.ref }));
    return answer.Messages && answer;
  });

  expect(JSON.parse(message?.Body ?? '')).toMatchObject({
    AlarmName: 'shop-Unhealthy',
    NewStateValue: 'ALARM',
    TriggeringChildren: [{ Arn: expect.stringMatching(/:alarm:shop-DeadLetters$/) }],
  });
});

it('does not take alarm at the silence of what reports nothing here', async () => {
  const ofBroker = (MetricName: string, TreatMissingData: string) => ({
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      ...atLeastOne,
      Namespace: 'AWS/AmazonMQ',
      MetricName,
      Dimensions: [{ Name: 'Broker', Value: 'orders' }],
      Period: 300,
      Statistic: 'SampleCount',
      TreatMissingData,
    },
  });
  const { cloud } = await stacks.ofResources({
    Silent: ofBroker('SystemCpuUtilization', 'breaching'),
    Busy: ofBroker('SystemCpuUtilization', 'notBreaching'),
  });
  expect(notesOn(cloud, 'Silent')).toEqual([
    'is not evaluated here: nothing reports SystemCpuUtilization to AWS/AmazonMQ here',
  ]);
  expect(cloud.alarms().map(({ path }) => path)).toEqual(['shop/Busy']);
});
