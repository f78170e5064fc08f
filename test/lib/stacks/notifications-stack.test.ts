import { type EnvironmentSchema, parseEnvironment } from '../../../contracts/environment.ts';
import {
  addressMailsEnvironment,
  keepPostEnvironment,
  noteUndeliverableEnvironment,
  publishPostEnvironment,
  sendMailEnvironment,
  sharePostEnvironment,
} from '../../../contracts/notifications.ts';
import { referredId, resourcesOfType } from '../../support/stack-template.ts';
import { asDeployed, statedText, theOnly } from '../../support/stated-values.ts';
import { systemTemplate, type TemplateJson } from '../../support/synthesized-app.ts';
import { templateDifferences, templatePicture } from '../../support/template-snapshot.ts';

const system = 'notifications';
const dev = systemTemplate(system, 'dev');
const prod = systemTemplate(system, 'prod');
const stages: [stage: string, template: TemplateJson][] = [
  ['dev', dev],
  ['prod', prod],
];

const queueOf = (name: string, template = dev) =>
  theOnly(template, 'AWS::SQS::Queue', ({ QueueName }) => QueueName === `${system}-${name}`);
const functionOf = (service: string, template = dev) =>
  theOnly(template, 'AWS::Lambda::Function', ({ Environment }) =>
    JSON.stringify(Environment).includes(`"POWERTOOLS_SERVICE_NAME":"${service}"`),
  );
const variablesOf = (service: string, template = dev) => {
  const { Variables } = functionOf(service, template).resource.Properties.Environment as {
    Variables: Record<string, unknown>;
  };
  return Object.fromEntries(Object.entries(Variables).map(([name, value]) => [name, statedText(value)]));
};
const posts = theOnly(dev, 'AWS::SNS::Topic', ({ DisplayName }) => DisplayName === 'Blog posts');
const feedback = theOnly(dev, 'AWS::SNS::Topic', ({ DisplayName }) => DisplayName === undefined);
const subscriptionsOf = (template: TemplateJson, protocol: string) =>
  resourcesOfType(template, 'AWS::SNS::Subscription')
    .map(([, { Properties }]) => Properties)
    .filter(({ Protocol }) => Protocol === protocol);

describe('the way in', () => {
  it('is POST /posts, signed, to the function that publishes', () => {
    expect(theOnly(dev, 'AWS::ApiGatewayV2::Route').resource.Properties).toMatchObject({
      RouteKey: 'POST /posts',
      AuthorizationType: 'AWS_IAM',
    });
    const { IntegrationUri } = theOnly(dev, 'AWS::ApiGatewayV2::Integration').resource.Properties;
    expect(referredId(IntegrationUri)).toBe(functionOf('publish-post').id);
  });

  it('publishes to the topic, by way of the bucket where a post is too large for it', () => {
    const bucket = theOnly(dev, 'AWS::S3::Bucket', ({ BucketName }) =>
      statedText(BucketName).startsWith(`${system}-payloads-`),
    );
    expect(variablesOf('publish-post')).toMatchObject({
      TOPIC_ARN: `<${posts.id}>`,
      PAYLOAD_BUCKET: `<${bucket.id}>`,
    });
    for (const reader of ['keep-post', 'share-post', 'address-mails']) {
      expect(variablesOf(reader).PAYLOAD_BUCKET).toBe(`<${bucket.id}>`);
    }
  });
});

describe.each([
  { queue: 'email', consumer: 'address-mails', receives: 5 },
  { queue: 'database', consumer: 'keep-post', receives: 5 },
  { queue: 'social', consumer: 'share-post', receives: 20 },
])('$queue', ({ queue, consumer, receives }) => {
  const { id, resource } = queueOf(queue);
  const subscription = subscriptionsOf(dev, 'sqs').find(({ Endpoint }) => referredId(Endpoint) === id);

  it('gets posts as they were published, with what says that the body is elsewhere', () => {
    expect(subscription).toMatchObject({
      TopicArn: { Ref: posts.id },
      FilterPolicy: { eventType: ['post_published'] },
      RawMessageDelivery: true,
    });
  });

  it(`leaves what fails ${receives} times in its DLQ, and what SNS cannot deliver in another`, () => {
    expect(resource.Properties.RedrivePolicy).toEqual({
      deadLetterTargetArn: { 'Fn::GetAtt': [queueOf(`${queue}-dlq`).id, 'Arn'] },
      maxReceiveCount: receives,
    });
    expect(subscription?.RedrivePolicy).toEqual({
      deadLetterTargetArn: { 'Fn::GetAtt': [queueOf(`${queue}-undelivered-new-post`).id, 'Arn'] },
    });
  });

  it('is read by its function', () => {
    const mapping = theOnly(
      dev,
      'AWS::Lambda::EventSourceMapping',
      ({ EventSourceArn }) => referredId(EventSourceArn) === id,
    );
    expect(referredId(mapping.resource.Properties.FunctionName)).toBe(functionOf(consumer).id);
  });
});

describe('mails', () => {
  it('are addressed into a queue of their own, and sent from it by two at a time', () => {
    const mails = queueOf('mails');
    expect(variablesOf('address-mails').QUEUE_URL).toBe(`<${mails.id}>`);
    const { FunctionName, ScalingConfig } = theOnly(
      dev,
      'AWS::Lambda::EventSourceMapping',
      ({ EventSourceArn }) => referredId(EventSourceArn) === mails.id,
    ).resource.Properties;
    expect(referredId(FunctionName)).toBe(functionOf('send-mail').id);
    expect(ScalingConfig).toEqual({ MaximumConcurrency: 2 });
  });

  it('that nobody read are told of to a topic, and mark their addresses', () => {
    const { EventDestination } = theOnly(dev, 'AWS::SES::ConfigurationSetEventDestination').resource
      .Properties as { EventDestination: { SnsDestination: { TopicARN: unknown } } };
    expect(referredId(EventDestination.SnsDestination.TopicARN)).toBe(feedback.id);
    const [subscription] = subscriptionsOf(dev, 'sqs').filter(
      ({ TopicArn }) => referredId(TopicArn) === feedback.id,
    );
    expect(referredId(subscription?.Endpoint)).toBe(queueOf('feedback').id);
    expect(subscription?.RawMessageDelivery).toBe(true);
    expect(variablesOf('note-undeliverable').ADDRESSES_TABLE).toBe(variablesOf('send-mail').ADDRESSES_TABLE);
  });

  it('come from the address of the stage: in prod, as Systems Manager has it', () => {
    expect(variablesOf('send-mail').MAIL_FROM).toBe('no-reply@example.com');
    const [parameter] = Object.entries(prod.Parameters ?? {}).filter(
      ([, { Default }]) => Default === '/messaging/prod/mail-from',
    );
    expect(variablesOf('send-mail', prod).MAIL_FROM).toBe(`<${parameter?.[0]}>`);
  });
});

describe("the social network's account", () => {
  const secret = theOnly(dev, 'AWS::SecretsManager::Secret');

  it('is a secret that no template holds, under a key of its own', () => {
    expect(secret.resource.Properties).toMatchObject({ GenerateSecretString: {} });
    expect(secret.resource.Properties).not.toHaveProperty('SecretString');
    const key = referredId(secret.resource.Properties.KmsKeyId);
    expect(dev.Resources[key ?? '']?.Type).toBe('AWS::KMS::Key');
    expect(variablesOf('share-post').SOCIAL_SECRET_ARN).toBe(`<${secret.id}>`);
  });

  it.each([
    ['dev', dev, 'Delete'],
    ['prod', prod, 'Retain'],
  ])('goes with the stack or stays, as %s says', (_, template, policy) => {
    expect(theOnly(template, 'AWS::SecretsManager::Secret').resource.DeletionPolicy).toBe(policy);
  });
});

describe('others', () => {
  const context = {
    postEmails: ['jane@example.com', 'john@example.com'],
    postPhones: '+15550100',
    postWebhooks: 'https://example.com/new-posts',
  };
  const told = systemTemplate(system, 'dev', context);
  const others = ['email', 'sms', 'https'].flatMap(protocol => subscriptionsOf(told, protocol));

  it('are nobody unless the stage names them', () => {
    for (const [, template] of stages) {
      expect(['email', 'sms', 'https'].flatMap(protocol => subscriptionsOf(template, protocol))).toEqual([]);
    }
  });

  it('get posts by the way that the stage names', () => {
    expect(others.map(({ Protocol, Endpoint }) => `${Protocol} ${Endpoint}`)).toEqual([
      'email jane@example.com',
      'email john@example.com',
      'sms +15550100',
      'https https://example.com/new-posts',
    ]);
    for (const { TopicArn, FilterPolicy, RawMessageDelivery } of others) {
      expect(TopicArn).toEqual({ Ref: posts.id });
      expect(FilterPolicy).toEqual({ eventType: ['post_published'] });
      expect(RawMessageDelivery).not.toBe(true);
    }
  });

  it('have a DLQ each, and an alarm of it', () => {
    const deadLetterQueues = others.map(({ RedrivePolicy }) =>
      referredId((RedrivePolicy as { deadLetterTargetArn: unknown }).deadLetterTargetArn),
    );
    expect(new Set(deadLetterQueues).size).toBe(others.length);
    const watched = resourcesOfType(told, 'AWS::CloudWatch::Alarm').flatMap(([, { Properties }]) =>
      ((Properties.Dimensions ?? []) as { Value: unknown }[]).map(({ Value }) => referredId(Value)),
    );
    expect(watched).toEqual(expect.arrayContaining(deadLetterQueues));
  });

  it('by HTTPS are tried again for a while', () => {
    expect(others[3]?.DeliveryPolicy).toMatchObject({ healthyRetryPolicy: { numRetries: 10 } });
  });

  it('stay who they are when another of the list goes', () => {
    const fewer = systemTemplate(system, 'dev', { ...context, postEmails: ['john@example.com'] });
    const idOf = (template: TemplateJson) =>
      theOnly(template, 'AWS::SNS::Subscription', ({ Endpoint }) => Endpoint === 'john@example.com').id;
    expect(idOf(fewer)).toBe(idOf(told));
  });
});

it.each<[service: string, schema: EnvironmentSchema]>([
  ['publish-post', publishPostEnvironment],
  ['keep-post', keepPostEnvironment],
  ['address-mails', addressMailsEnvironment],
  ['send-mail', sendMailEnvironment],
  ['note-undeliverable', noteUndeliverableEnvironment],
  ['share-post', sharePostEnvironment],
])('tells %s all that it asks for', (service, schema) => {
  for (const [, template] of stages) {
    const variables = { ...asDeployed(variablesOf(service, template)) };
    if (variables.MAIL_FROM?.startsWith('<')) variables.MAIL_FROM = 'known-when@deployed.example';
    expect(() => parseEnvironment(schema, variables)).not.toThrow();
  }
});

it('leaves the network alone for half a minute: only demonstrations say otherwise', () => {
  for (const [, template] of stages) {
    expect(variablesOf('share-post', template)).not.toHaveProperty('BREAK_SECONDS');
  }
});

it('raises alarms of mails that bounce, or are complained of, as SES judges them', () => {
  const rates = resourcesOfType(dev, 'AWS::CloudWatch::Alarm')
    .map(([, { Properties }]) => Properties)
    .filter(({ Namespace }) => Namespace === 'AWS/SES')
    .map(({ MetricName, Threshold, Dimensions }) => ({ MetricName, Threshold, Dimensions }));
  expect(rates).toEqual([
    { MetricName: 'Reputation.BounceRate', Threshold: 0.05 },
    { MetricName: 'Reputation.ComplaintRate', Threshold: 0.001 },
  ]);
});

it('keeps what topics and queues hold under different keys', () => {
  for (const [, template] of stages) {
    const keysOf = (type: string) =>
      new Set(
        resourcesOfType(template, type).map(([, { Properties }]) => referredId(Properties.KmsMasterKeyId)),
      );
    expect(keysOf('AWS::SQS::Queue').size).toBe(1);
    expect([...keysOf('AWS::SNS::Topic')].filter(key => keysOf('AWS::SQS::Queue').has(key))).toEqual([]);
  }
});

it('has outputs for who publishes, who sets it up and who operates', () => {
  expect(Object.keys(dev.Outputs ?? {}).sort()).toEqual([
    'AlarmTopicArn',
    'DashboardUrl',
    'DatabaseDlqUrl',
    'DatabaseQueueUrl',
    'DeployedStage',
    'EmailDlqUrl',
    'EmailQueueUrl',
    'FeedbackDlqUrl',
    'FeedbackQueueUrl',
    'MailsDlqUrl',
    'MailsQueueUrl',
    'NewPostTopicArn',
    'PostsTableName',
    'PostsUrl',
    'ReadersTableName',
    'SentMailsTableName',
    'SharesTableName',
    'SocialDlqUrl',
    'SocialQueueUrl',
    'SocialSecretArn',
    'UndeliverableTableName',
  ]);
});

it('is what it was', () => {
  expect(templatePicture(dev)).toMatchSnapshot();
});

it('differs in prod as it did', () => {
  expect(templateDifferences(dev, prod)).toMatchSnapshot();
});
