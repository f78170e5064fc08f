import type { DeliveryTemplate } from '../../../../lib/validation/delivery/app/deployed-stack.ts';
import { proveDeliveries } from '../../../../lib/validation/delivery/delivery-proof.ts';

type Resources = Record<
  string,
  { Type: string; Properties: Record<string, unknown>; Metadata?: Record<string, unknown> }
>;

const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const resource = (Type: string, Properties: Record<string, unknown> = {}) => ({ Type, Properties });

function role(Service: string, Action: readonly string[], Resource: unknown, source?: unknown) {
  const Condition = source ? { ArnLike: { 'aws:SourceArn': source } } : undefined;
  return resource('AWS::IAM::Role', {
    AssumeRolePolicyDocument: {
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service },
          Action: 'sts:AssumeRole',
          ...(Condition && { Condition }),
        },
      ],
    },
    Policies: [{ PolicyName: 'own', PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource }] } }],
  });
}

/** A queue that refuses what comes without TLS, and lets nobody in by itself. */
const queue: Resources = {
  Queue: resource('AWS::SQS::Queue'),
  QueuePolicy: resource('AWS::SQS::QueuePolicy', {
    Queues: [{ Ref: 'Queue' }],
    PolicyDocument: {
      Statement: [
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 'sqs:*',
          Resource: '*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    },
  }),
};

/** Each delivery with the kinds of what is wrong with it. */
function verdicts(Resources: Resources): readonly string[] {
  const template: DeliveryTemplate = { Resources };
  return proveDeliveries([{ name: 'app', template }]).map(({ edge, name, findings }) =>
    [edge.kind, name.replaceAll('app/', ''), ...new Set(findings.map(({ kind }) => kind))].join(', '),
  );
}

interface Delivery {
  readonly how: string;
  readonly resources: Resources;
  /** The role or permission without which it is blocked. */
  readonly grant: string;
  readonly expected: string;
}

it.each<Delivery>([
  {
    how: 'an HTTP API that sends to a queue by itself',
    resources: {
      ...queue,
      Api: resource('AWS::ApiGatewayV2::Api'),
      Integration: resource('AWS::ApiGatewayV2::Integration', {
        IntegrationType: 'AWS_PROXY',
        IntegrationSubtype: 'SQS-SendMessage',
        CredentialsArn: arnOf('Grant'),
        RequestParameters: { QueueUrl: { Ref: 'Queue' } },
      }),
      Route: resource('AWS::ApiGatewayV2::Route', {
        ApiId: { Ref: 'Api' },
        RouteKey: 'POST /jobs',
        Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
      }),
      Grant: role('apigateway.amazonaws.com', ['sqs:SendMessage'], arnOf('Queue')),
    },
    grant: 'Grant',
    expected: 'HTTP API route, Route → Queue',
  },
  {
    how: "a function that polls a table's changes",
    resources: {
      Table: resource('AWS::DynamoDB::Table'),
      Function: resource('AWS::Lambda::Function', { Role: arnOf('Grant') }),
      Mapping: resource('AWS::Lambda::EventSourceMapping', {
        EventSourceArn: { 'Fn::GetAtt': ['Table', 'StreamArn'] },
        FunctionName: { Ref: 'Function' },
      }),
      Grant: role(
        'lambda.amazonaws.com',
        ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
        { 'Fn::GetAtt': ['Table', 'StreamArn'] },
      ),
    },
    grant: 'Grant',
    expected: 'Event source mapping, Table → Function',
  },
  {
    how: 'a function that polls a broker',
    resources: {
      Broker: resource('AWS::AmazonMQ::Broker'),
      Secret: resource('AWS::SecretsManager::Secret'),
      Function: resource('AWS::Lambda::Function', { Role: arnOf('Grant') }),
      Mapping: resource('AWS::Lambda::EventSourceMapping', {
        EventSourceArn: arnOf('Broker'),
        FunctionName: { Ref: 'Function' },
        SourceAccessConfigurations: [{ Type: 'BASIC_AUTH', URI: { Ref: 'Secret' } }],
      }),
      Grant: role(
        'lambda.amazonaws.com',
        ['mq:DescribeBroker', 'secretsmanager:GetSecretValue'],
        [arnOf('Broker'), { Ref: 'Secret' }],
      ),
    },
    grant: 'Grant',
    expected: 'Event source mapping, Broker → Function',
  },
  {
    how: 'a schedule that calls the API of SQS',
    resources: {
      ...queue,
      Schedule: resource('AWS::Scheduler::Schedule', {
        Target: {
          Arn: 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage',
          RoleArn: arnOf('Grant'),
          Input: { 'Fn::Join': ['', ['{"QueueUrl":"', { Ref: 'Queue' }, '","MessageBody":"due"}']] },
        },
      }),
      Grant: role('scheduler.amazonaws.com', ['sqs:SendMessage'], arnOf('Queue')),
    },
    grant: 'Grant',
    expected: 'Schedule, Schedule → Queue',
  },
  {
    how: 'schedules that a program makes when it runs',
    resources: {
      ...queue,
      Group: resource('AWS::Scheduler::ScheduleGroup'),
      Grant: {
        ...role('scheduler.amazonaws.com', ['sqs:SendMessage'], arnOf('Queue'), arnOf('Group')),
        Metadata: { 'messaging:schedules': { GroupName: { Ref: 'Group' }, Target: { Arn: arnOf('Queue') } } },
      },
    },
    grant: 'Grant',
    expected: 'Schedules made later, Group → Queue',
  },
  {
    how: 'the DLQ of schedules that a program makes when it runs',
    resources: {
      ...queue,
      Group: resource('AWS::Scheduler::ScheduleGroup'),
      Grant: {
        ...role('scheduler.amazonaws.com', ['sqs:SendMessage'], arnOf('Queue'), arnOf('Group')),
        Metadata: {
          'messaging:schedules': {
            GroupName: { Ref: 'Group' },
            Target: { Arn: arnOf('Queue'), DeadLetterConfig: { Arn: arnOf('Queue') } },
          },
        },
      },
    },
    grant: 'Grant',
    expected: 'DLQ of schedules made later, Group → Queue',
  },
  {
    how: 'a route with a variable in its path',
    resources: {
      Api: resource('AWS::ApiGatewayV2::Api'),
      Function: resource('AWS::Lambda::Function'),
      Integration: resource('AWS::ApiGatewayV2::Integration', {
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: arnOf('Function'),
      }),
      Route: resource('AWS::ApiGatewayV2::Route', {
        ApiId: { Ref: 'Api' },
        RouteKey: 'GET /tasks/{task_id}',
        Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
      }),
      Grant: resource('AWS::Lambda::Permission', {
        Action: 'lambda:InvokeFunction',
        FunctionName: arnOf('Function'),
        Principal: 'apigateway.amazonaws.com',
        SourceArn: {
          'Fn::Join': [
            ':',
            [
              'arn:aws:execute-api',
              { Ref: 'AWS::Region' },
              { Ref: 'AWS::AccountId' },
              { 'Fn::Join': ['', [{ Ref: 'Api' }, '/*/*/tasks/{task_id}']] },
            ],
          ],
        },
      }),
    },
    grant: 'Grant',
    expected: 'HTTP API route, Route → Function',
  },
  {
    how: 'an alarm that invokes a function',
    resources: {
      Function: resource('AWS::Lambda::Function'),
      Alarm: resource('AWS::CloudWatch::Alarm', { AlarmActions: [arnOf('Function')] }),
      Grant: resource('AWS::Lambda::Permission', {
        Action: 'lambda:InvokeFunction',
        FunctionName: arnOf('Function'),
        Principal: 'lambda.alarms.cloudwatch.amazonaws.com',
        SourceArn: arnOf('Alarm'),
        SourceAccount: { Ref: 'AWS::AccountId' },
      }),
    },
    grant: 'Grant',
    expected: 'Alarm, Alarm → Function',
  },
  {
    how: "a bucket whose notifications a custom resource sets, to a function's alias",
    resources: {
      Bucket: resource('AWS::S3::Bucket'),
      Function: resource('AWS::Lambda::Function'),
      Notifications: resource('Custom::S3BucketNotifications', {
        BucketName: { Ref: 'Bucket' },
        NotificationConfiguration: {
          LambdaFunctionConfigurations: [{ LambdaFunctionArn: arnOf('Function') }],
        },
      }),
      Grant: resource('AWS::Lambda::Permission', {
        Action: 'lambda:InvokeFunction',
        FunctionName: arnOf('Function'),
        Principal: 's3.amazonaws.com',
        SourceArn: arnOf('Bucket'),
        SourceAccount: { Ref: 'AWS::AccountId' },
      }),
    },
    grant: 'Grant',
    expected: 'S3 notification, Bucket → Function',
  },
  {
    how: 'a rule that starts a workflow under a role',
    resources: {
      Machine: resource('AWS::StepFunctions::StateMachine', { DefinitionString: '{"States":{}}' }),
      Rule: resource('AWS::Events::Rule', {
        Targets: [{ Id: 'machine', Arn: { Ref: 'Machine' }, RoleArn: arnOf('Grant') }],
      }),
      Grant: role('events.amazonaws.com', ['states:StartExecution'], { Ref: 'Machine' }),
    },
    grant: 'Grant',
    expected: 'EventBridge target, Rule → Machine',
  },
  {
    how: 'a workflow that sends from within a branch',
    resources: {
      ...queue,
      Machine: resource('AWS::StepFunctions::StateMachine', {
        RoleArn: arnOf('Grant'),
        DefinitionString: {
          'Fn::Join': [
            '',
            [
              '{"States":{"Both":{"Type":"Parallel","Branches":[{"States":{"Send":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage","Arguments":{"QueueUrl":"',
              { Ref: 'Queue' },
              '"}}}}]}}}',
            ],
          ],
        },
      }),
      Grant: role('states.amazonaws.com', ['sqs:SendMessage'], arnOf('Queue')),
    },
    grant: 'Grant',
    expected: 'Step Functions (Send), Machine → Queue',
  },
  {
    how: 'a trail that writes to a log group',
    resources: {
      Group: resource('AWS::Logs::LogGroup'),
      Trail: resource('AWS::CloudTrail::Trail', {
        S3BucketName: 'elsewhere',
        CloudWatchLogsLogGroupArn: arnOf('Group'),
        CloudWatchLogsRoleArn: arnOf('Grant'),
      }),
      Grant: role('cloudtrail.amazonaws.com', ['logs:CreateLogStream', 'logs:PutLogEvents'], arnOf('Group')),
    },
    grant: 'Grant',
    expected: 'CloudTrail, Trail → Group',
  },
  {
    how: 'a pipe that fills a stream, for which it encrypts and decrypts nothing',
    resources: {
      ...queue,
      Key: resource('AWS::KMS::Key', {
        KeyPolicy: {
          Statement: [
            {
              Effect: 'Allow',
              Principal: { AWS: { 'Fn::Join': ['', ['arn:aws:iam::', { Ref: 'AWS::AccountId' }, ':root']] } },
              Action: 'kms:*',
              Resource: '*',
            },
          ],
        },
      }),
      Stream: resource('AWS::Kinesis::Stream', {
        StreamEncryption: { EncryptionType: 'KMS', KeyId: arnOf('Key') },
      }),
      Pipe: resource('AWS::Pipes::Pipe', {
        RoleArn: arnOf('Grant'),
        Source: arnOf('Queue'),
        Target: arnOf('Stream'),
      }),
      Grant: resource('AWS::IAM::Role', {
        AssumeRolePolicyDocument: {
          Statement: [
            { Effect: 'Allow', Principal: { Service: 'pipes.amazonaws.com' }, Action: 'sts:AssumeRole' },
          ],
        },
        Policies: [
          {
            PolicyName: 'own',
            PolicyDocument: {
              Statement: [
                {
                  Effect: 'Allow',
                  Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
                  Resource: arnOf('Queue'),
                },
                {
                  Effect: 'Allow',
                  Action: ['kinesis:PutRecord', 'kinesis:PutRecords'],
                  Resource: arnOf('Stream'),
                },
                { Effect: 'Allow', Action: 'kms:GenerateDataKey', Resource: arnOf('Key') },
              ],
            },
          },
        ],
      }),
    },
    grant: 'Grant',
    expected: 'Pipe target, Pipe → Stream',
  },
  {
    how: 'a Firehose that reads a stream',
    resources: {
      Stream: resource('AWS::Kinesis::Stream'),
      Firehose: resource('AWS::KinesisFirehose::DeliveryStream', {
        KinesisStreamSourceConfiguration: { KinesisStreamARN: arnOf('Stream'), RoleARN: arnOf('Grant') },
      }),
      Grant: role(
        'firehose.amazonaws.com',
        ['kinesis:DescribeStream', 'kinesis:GetRecords', 'kinesis:GetShardIterator'],
        arnOf('Stream'),
      ),
    },
    grant: 'Grant',
    expected: 'Firehose source, Stream → Firehose',
  },
])('knows $how', ({ resources, grant, expected }) => {
  expect(verdicts(resources)).toContain(expected);
  const { [grant]: taken, ...others } = resources;
  const without =
    taken?.Type === 'AWS::IAM::Role'
      ? { ...resources, [grant]: { ...taken, Properties: { ...taken.Properties, Policies: [] } } }
      : others;
  expect(verdicts(without)).toContain(`${expected}, blocked`);
});

it('takes no group of schedules for sound of which nobody says what they send to', () => {
  const group = { Group: resource('AWS::Scheduler::ScheduleGroup') };
  expect(verdicts(group)).toEqual(['Schedules made later, Group → somewhere, unseen']);
  const filled = {
    ...group,
    ...queue,
    Schedule: resource('AWS::Scheduler::Schedule', {
      GroupName: { Ref: 'Group' },
      Target: { Arn: arnOf('Queue'), RoleArn: arnOf('Grant') },
    }),
    Grant: role('scheduler.amazonaws.com', ['sqs:SendMessage'], arnOf('Queue')),
  };
  expect(verdicts(filled)).toEqual(['Schedule, Schedule → Queue']);
});

it('asks nothing of what CloudWatch scales, and of a mailbox', () => {
  expect(
    verdicts({
      Scaling: resource('AWS::AutoScaling::ScalingPolicy'),
      Alarm: resource('AWS::CloudWatch::Alarm', { AlarmActions: [{ Ref: 'Scaling' }] }),
    }),
  ).toEqual([]);
  expect(
    verdicts({
      Topic: resource('AWS::SNS::Topic', {
        Subscription: [{ Protocol: 'email', Endpoint: 'me@example.com' }],
      }),
    }),
  ).toEqual(['SNS subscription (email), Topic → me@example.com']);
});

it('passes over no group that tells of its scaling, and over one that does not', () => {
  const group = (properties: Record<string, unknown>) =>
    verdicts({ Group: resource('AWS::AutoScaling::AutoScalingGroup', properties) });
  expect(group({ NotificationConfigurations: [{}] })).toEqual([
    'Notification of scaling, Group → somewhere, unseen',
  ]);
  expect(group({})).toEqual([]);
});

it('leaves a topic without a policy to what AWS gives it', () => {
  expect(
    verdicts({
      Topic: resource('AWS::SNS::Topic'),
      Alarm: resource('AWS::CloudWatch::Alarm', { AlarmActions: [{ Ref: 'Topic' }] }),
    }),
  ).toEqual([expect.stringMatching(/^Alarm, Alarm → Topic, unseen/)]);
});

it('asks nothing of a route into a network, and does not take any other for one', () => {
  const leading = (ConnectionType: string) => ({
    Api: resource('AWS::ApiGatewayV2::Api'),
    Integration: resource('AWS::ApiGatewayV2::Integration', {
      IntegrationType: 'HTTP_PROXY',
      ConnectionType,
    }),
    Route: resource('AWS::ApiGatewayV2::Route', {
      ApiId: { Ref: 'Api' },
      RouteKey: 'POST /searches',
      Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
    }),
  });
  expect(verdicts(leading('VPC_LINK'))).toEqual([]);
  expect(verdicts(leading('INTERNET'))).toEqual([expect.stringMatching(/^HTTP API route, .*unseen/)]);
});
