import type { AppStack } from '../../../lib/validation/delivery/app/deployed-app.ts';

/** A resource of a template that a test may change. */
export interface MutableResource {
  Type: string;
  Properties: Record<string, unknown>;
  Condition?: string;
}

export type MutableResources = Record<string, MutableResource>;

type Json = Readonly<Record<string, unknown>>;

const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const ref = (id: string) => ({ Ref: id });
const here = ref('AWS::AccountId');
const join = (...parts: unknown[]) => ({ 'Fn::Join': ['', parts] });

const resource = (Type: string, Properties: Record<string, unknown>): MutableResource => ({
  Type,
  Properties,
});
const document = (...Statement: Json[]) => ({ Version: '2012-10-17', Statement });

/** Lets a service in, for one source of this account. */
function admission(
  Service: string,
  Action: unknown,
  Resource: unknown,
  sourceArn: unknown,
  account = true,
): Json {
  return {
    Effect: 'Allow',
    Principal: { Service },
    Action,
    Resource,
    Condition: {
      ArnLike: { 'aws:SourceArn': sourceArn },
      ...(account && { StringEquals: { 'aws:SourceAccount': here } }),
    },
  };
}

function tlsOnly(Action: string, ...Resource: unknown[]): Json {
  const Condition = { Bool: { 'aws:SecureTransport': 'false' } };
  return { Effect: 'Deny', Principal: { AWS: '*' }, Action, Resource, Condition };
}

const keyUse = ['kms:Decrypt', 'kms:GenerateDataKey*'];

function key(...admissions: Json[]): MutableResource {
  const root = join('arn:', ref('AWS::Partition'), ':iam::', here, ':root');
  return resource('AWS::KMS::Key', {
    KeyPolicy: document(
      { Effect: 'Allow', Principal: { AWS: root }, Action: 'kms:*', Resource: '*' },
      ...admissions,
    ),
  });
}

function queue(id: string, keyId: string, ...admissions: Json[]): MutableResources {
  return {
    [id]: resource('AWS::SQS::Queue', { KmsMasterKeyId: arnOf(keyId) }),
    [`${id}Policy`]: resource('AWS::SQS::QueuePolicy', {
      Queues: [ref(id)],
      PolicyDocument: document(tlsOnly('sqs:*', arnOf(id)), ...admissions),
    }),
  };
}

function bucket(id: string, properties: Json, ...admissions: Json[]): MutableResources {
  return {
    [id]: resource('AWS::S3::Bucket', { ...properties }),
    [`${id}Policy`]: resource('AWS::S3::BucketPolicy', {
      Bucket: ref(id),
      PolicyDocument: document(tlsOnly('s3:*', arnOf(id), join(arnOf(id), '/*')), ...admissions),
    }),
  };
}

function role(Service: string, ...statements: Json[]): MutableResource {
  return resource('AWS::IAM::Role', {
    AssumeRolePolicyDocument: document({
      Effect: 'Allow',
      Principal: { Service },
      Action: 'sts:AssumeRole',
    }),
    Policies: [{ PolicyName: 'own', PolicyDocument: document(...statements) }],
  });
}

const allow = (Action: unknown, Resource: unknown): Json => ({ Effect: 'Allow', Action, Resource });
const arn = (service: string, resourcePart: string) =>
  join('arn:', ref('AWS::Partition'), `:${service}:`, ref('AWS::Region'), ':', here, `:${resourcePart}`);

const ruleArn = arn('events', 'rule/late');
const uploadsArn = 'arn:aws:s3:::uploads-of-the-tests';
const trailArn = arn('cloudtrail', 'trail/calls');
const machineQueue = { QueueUrl: ref('Tasks'), MessageBody: 'due' };

/** A template with a delivery of every kind, all of them sound. */
export function everyDelivery(): { Resources: MutableResources } & Json {
  return {
    Conditions: { InProduction: { 'Fn::Equals': [ref('Stage'), 'prod'] } },
    Parameters: { Stage: { Type: 'String' } },
    Resources: {
      QueueKey: key(
        admission('sns.amazonaws.com', keyUse, '*', ref('Events'), false),
        admission('events.amazonaws.com', keyUse, '*', ruleArn),
        admission('s3.amazonaws.com', keyUse, '*', uploadsArn),
      ),
      TopicKey: key(
        admission('cloudwatch.amazonaws.com', keyUse, '*', arn('cloudwatch', 'alarm:late')),
        admission('budgets.amazonaws.com', keyUse, '*', join('arn:aws:budgets::', here, ':*')),
        admission('ses.amazonaws.com', keyUse, '*', arn('ses', 'configuration-set/mails')),
      ),
      ...queue(
        'Tasks',
        'QueueKey',
        admission('sns.amazonaws.com', 'sqs:SendMessage', arnOf('Tasks'), ref('Events'), false),
        admission('events.amazonaws.com', 'sqs:SendMessage', arnOf('Tasks'), ruleArn),
        admission('s3.amazonaws.com', 'sqs:SendMessage', arnOf('Tasks'), uploadsArn),
      ),
      ...queue(
        'Undelivered',
        'QueueKey',
        admission('sns.amazonaws.com', 'sqs:SendMessage', arnOf('Undelivered'), ref('Events'), false),
        admission('events.amazonaws.com', 'sqs:SendMessage', arnOf('Undelivered'), ruleArn),
      ),
      Events: resource('AWS::SNS::Topic', { KmsMasterKeyId: ref('TopicKey') }),
      EventsPolicy: resource('AWS::SNS::TopicPolicy', {
        Topics: [ref('Events')],
        PolicyDocument: document(
          tlsOnly('sns:Publish', ref('Events')),
          admission(
            'cloudwatch.amazonaws.com',
            'sns:Publish',
            ref('Events'),
            arn('cloudwatch', 'alarm:late'),
          ),
          admission(
            'budgets.amazonaws.com',
            'sns:Publish',
            ref('Events'),
            join('arn:aws:budgets::', here, ':*'),
          ),
          admission('ses.amazonaws.com', 'sns:Publish', ref('Events'), arn('ses', 'configuration-set/mails')),
        ),
      }),
      ToTasks: resource('AWS::SNS::Subscription', {
        TopicArn: ref('Events'),
        Protocol: 'sqs',
        Endpoint: arnOf('Tasks'),
        RedrivePolicy: { deadLetterTargetArn: arnOf('Undelivered') },
      }),
      ToHandler: resource('AWS::SNS::Subscription', {
        TopicArn: ref('Events'),
        Protocol: 'lambda',
        Endpoint: arnOf('Handler'),
      }),
      ToArchive: resource('AWS::SNS::Subscription', {
        TopicArn: ref('Events'),
        Protocol: 'firehose',
        Endpoint: arnOf('Archive'),
        SubscriptionRoleArn: arnOf('ArchiveRole'),
      }),
      ArchiveRole: role(
        'sns.amazonaws.com',
        allow(['firehose:PutRecord', 'firehose:PutRecordBatch'], arnOf('Archive')),
      ),
      Archive: resource('AWS::KinesisFirehose::DeliveryStream', {
        ExtendedS3DestinationConfiguration: {
          BucketARN: arnOf('Kept'),
          RoleARN: arnOf('WriterRole'),
          Prefix: 'events/!{timestamp:yyyy-MM-dd}/',
          ErrorOutputPrefix: 'errors/!{firehose:error-output-type}/',
        },
      }),
      WriterRole: resource('AWS::IAM::Role', {
        AssumeRolePolicyDocument: document({
          Effect: 'Allow',
          Principal: { Service: 'firehose.amazonaws.com' },
          Action: 'sts:AssumeRole',
          Condition: { StringEquals: { 'sts:ExternalId': here } },
        }),
        Policies: [
          {
            PolicyName: 'own',
            PolicyDocument: document(
              allow('s3:PutObject', join(arnOf('Kept'), '/events/*')),
              allow('s3:PutObject', join(arnOf('Kept'), '/errors/*')),
            ),
          },
        ],
      }),
      ...bucket(
        'Kept',
        {},
        admission('cloudtrail.amazonaws.com', 's3:GetBucketAcl', arnOf('Kept'), trailArn),
        {
          ...admission(
            'cloudtrail.amazonaws.com',
            's3:PutObject',
            join(arnOf('Kept'), '/AWSLogs/', here, '/*'),
            trailArn,
          ),
          Condition: {
            ArnEquals: { 'aws:SourceArn': trailArn },
            StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control' },
          },
        },
        admission(
          'logging.s3.amazonaws.com',
          's3:PutObject',
          join(arnOf('Kept'), '/access/*'),
          arnOf('Uploads'),
        ),
      ),
      ...bucket('Uploads', {
        BucketName: 'uploads-of-the-tests',
        NotificationConfiguration: {
          QueueConfigurations: [{ Queue: arnOf('Tasks'), Event: 's3:ObjectCreated:*' }],
        },
        LoggingConfiguration: { DestinationBucketName: ref('Kept'), LogFilePrefix: 'access/' },
      }),
      Handler: resource('AWS::Lambda::Function', {
        Role: arnOf('HandlerRole'),
        DeadLetterConfig: { TargetArn: arnOf('Undelivered') },
      }),
      HandlerRole: role(
        'lambda.amazonaws.com',
        allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], arnOf('Tasks')),
        allow('sqs:SendMessage', arnOf('Undelivered')),
        allow('sns:Publish', ref('Events')),
        allow(['kms:Decrypt', 'kms:GenerateDataKey'], [arnOf('QueueKey'), arnOf('TopicKey')]),
      ),
      HandlerPermission: resource('AWS::Lambda::Permission', {
        Action: 'lambda:InvokeFunction',
        FunctionName: arnOf('Handler'),
        Principal: 'sns.amazonaws.com',
        SourceArn: ref('Events'),
      }),
      HandlerOutcome: resource('AWS::Lambda::EventInvokeConfig', {
        FunctionName: ref('Handler'),
        DestinationConfig: {
          OnFailure: { Destination: arnOf('Undelivered') },
          OnSuccess: { Destination: ref('Events') },
        },
      }),
      Polling: resource('AWS::Lambda::EventSourceMapping', {
        EventSourceArn: arnOf('Tasks'),
        FunctionName: ref('Handler'),
      }),
      Late: resource('AWS::CloudWatch::Alarm', { AlarmName: 'late', AlarmActions: [ref('Events')] }),
      LateRule: resource('AWS::Events::Rule', {
        Name: 'late',
        Targets: [{ Id: 'tasks', Arn: arnOf('Tasks'), DeadLetterConfig: { Arn: arnOf('Undelivered') } }],
      }),
      Due: resource('AWS::Scheduler::Schedule', {
        Target: {
          Arn: arnOf('Tasks'),
          RoleArn: arnOf('DueRole'),
          DeadLetterConfig: { Arn: arnOf('Undelivered') },
        },
      }),
      DueRole: role(
        'scheduler.amazonaws.com',
        allow('sqs:SendMessage', [arnOf('Tasks'), arnOf('Undelivered')]),
        allow(['kms:Decrypt', 'kms:GenerateDataKey*'], arnOf('QueueKey')),
      ),
      Workflow: resource('AWS::StepFunctions::StateMachine', {
        RoleArn: arnOf('WorkflowRole'),
        DefinitionString: join(
          '{"StartAt":"Ask","States":{"Ask":{"Type":"Task","End":true,"Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken","Parameters":{"QueueUrl":"',
          machineQueue.QueueUrl,
          '","MessageBody":{"Token.$":"$$.Task.Token"}}}}}',
        ),
      }),
      WorkflowRole: role(
        'states.amazonaws.com',
        allow('sqs:SendMessage', arnOf('Tasks')),
        allow(['kms:Decrypt', 'kms:GenerateDataKey*'], arnOf('QueueKey')),
      ),
      Calls: resource('AWS::CloudTrail::Trail', {
        TrailName: 'calls',
        S3BucketName: ref('Kept'),
        KMSKeyId: arnOf('TrailKey'),
      }),
      TrailKey: key({
        ...admission('cloudtrail.amazonaws.com', 'kms:GenerateDataKey*', '*', trailArn),
        Condition: {
          ArnEquals: { 'aws:SourceArn': trailArn },
          StringLike: {
            'kms:EncryptionContext:aws:cloudtrail:arn': join('arn:aws:cloudtrail:*:', here, ':trail/*'),
          },
        },
      }),
      Mails: resource('AWS::SES::ConfigurationSet', { Name: 'mails' }),
      MailEvents: resource('AWS::SES::ConfigurationSetEventDestination', {
        ConfigurationSetName: ref('Mails'),
        EventDestination: { Enabled: true, SnsDestination: { TopicARN: ref('Events') } },
      }),
      Costs: resource('AWS::Budgets::Budget', {
        NotificationsWithSubscribers: [
          { Subscribers: [{ SubscriptionType: 'SNS', Address: ref('Events') }] },
        ],
      }),
      Chat: resource('AWS::Chatbot::SlackChannelConfiguration', {
        SlackChannelId: 'C07EZ1ABC23',
        SnsTopicArns: [ref('Events')],
      }),
      Replay: resource('AWS::Pipes::Pipe', {
        RoleArn: arnOf('ReplayRole'),
        Source: arnOf('Undelivered'),
        Target: arnOf('Tasks'),
      }),
      ReplayRole: role(
        'pipes.amazonaws.com',
        allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], arnOf('Undelivered')),
        allow('sqs:SendMessage', arnOf('Tasks')),
        allow(['kms:Decrypt', 'kms:GenerateDataKey*'], arnOf('QueueKey')),
      ),
    },
  };
}

/** A stack of the template as it is after a change. */
export function everyDeliveryAfter(
  change: (resources: MutableResources) => void = () => {},
): readonly AppStack[] {
  const template = everyDelivery();
  change(template.Resources);
  return [{ name: 'all', template }];
}
