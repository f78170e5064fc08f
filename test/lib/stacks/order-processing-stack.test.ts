import { type EnvironmentSchema, parseEnvironment } from '../../../contracts/environment.ts';
import {
  inventoryEnvironment,
  paymentEnvironment,
  placeOrderEnvironment,
  shippingEnvironment,
} from '../../../contracts/order-processing.ts';
import { inventoryEvents, orderEvents, paymentEvents, shippingEvents } from '../../../contracts/orders.ts';
import { inWords } from '../../support/dashboards.ts';
import { referredId, resourcesOfType } from '../../support/stack-template.ts';
import { type ResourceJson, systemTemplate, type TemplateJson } from '../../support/synthesized-app.ts';
import { templateDifferences, templatePicture } from '../../support/template-snapshot.ts';

const system = 'order-processing';
const templateOf = (stage: 'dev' | 'prod', context?: Record<string, unknown>) =>
  systemTemplate(system, stage, context);
const dev = templateOf('dev');
const prod = templateOf('prod');

type Properties = ResourceJson['Properties'];

/** The resource of a type for which something holds; there must be one. */
function only(template: TemplateJson, type: string, holds: (properties: Properties) => boolean = () => true) {
  const found = resourcesOfType(template, type).filter(([, { Properties }]) => holds(Properties));
  const [first] = found;
  if (!first || found.length > 1) throw new Error(`Expected one such ${type}, found ${found.length}`);
  return { id: first[0], properties: first[1].Properties };
}

function variablesOf(properties: Properties): Record<string, unknown> {
  return (properties.Environment as { Variables: Record<string, unknown> }).Variables;
}

const functionOf = (template: TemplateJson, service: string) =>
  only(
    template,
    'AWS::Lambda::Function',
    properties => variablesOf(properties).POWERTOOLS_SERVICE_NAME === service,
  );

/** Calls that a function's role may make on a resource. */
function callsOn(template: TemplateJson, functionProperties: Properties, resourceId: string): string[] {
  const role = referredId(functionProperties.Role);
  const { properties } = only(template, 'AWS::IAM::Policy', ({ Roles }) =>
    (Roles as unknown[]).some(reference => referredId(reference) === role),
  );
  const { Statement } = properties.PolicyDocument as { Statement: { Action: unknown; Resource: unknown }[] };
  return Statement.filter(({ Resource }) => [Resource].flat().map(referredId).includes(resourceId))
    .flatMap(({ Action }) => [Action].flat().map(String))
    .sort();
}

const orderPlaced = only(dev, 'AWS::SNS::Topic', ({ DisplayName }) => DisplayName === undefined);
const alarms = only(dev, 'AWS::SNS::Topic', ({ DisplayName }) => DisplayName !== undefined);

describe('the way in', () => {
  const placeOrder = functionOf(dev, 'place-order');

  it('is POST /orders, signed, to the function that takes orders', () => {
    const integration = only(dev, 'AWS::ApiGatewayV2::Integration');
    expect(integration.properties).toMatchObject({
      IntegrationUri: { 'Fn::GetAtt': [placeOrder.id, 'Arn'] },
    });
    expect(only(dev, 'AWS::ApiGatewayV2::Route').properties).toMatchObject({
      RouteKey: 'POST /orders',
      AuthorizationType: 'AWS_IAM',
      Target: { 'Fn::Join': ['', ['integrations/', { Ref: integration.id }]] },
    });
  });

  it('publishes to the topic of the orders, and alone may', () => {
    expect(variablesOf(placeOrder.properties).TOPIC_ARN).toEqual({ Ref: orderPlaced.id });
    expect(callsOn(dev, placeOrder.properties, orderPlaced.id)).toEqual(['sns:Publish']);
    for (const consumer of ['payment', 'inventory', 'shipping']) {
      expect(callsOn(dev, functionOf(dev, consumer).properties, orderPlaced.id)).toEqual([]);
    }
  });

  it('encrypts card tokens under a key of their own, which payment alone can read them with', () => {
    const key = only(dev, 'AWS::KMS::Key', ({ Description }) => String(Description).includes('card_token'));
    const users = ['place-order', 'payment', 'inventory', 'shipping'].filter(
      service => referredId(variablesOf(functionOf(dev, service).properties).CARD_TOKEN_KEY_ARN) === key.id,
    );
    expect(users).toEqual(['place-order', 'payment']);
    const admitted = (
      key.properties.KeyPolicy as { Statement: { Action: unknown; Principal: unknown }[] }
    ).Statement.filter(({ Action }) => typeof Action === 'string').map(({ Action, Principal }) => [
      Action,
      referredId((Principal as { AWS: unknown }).AWS),
    ]);
    const roleOf = (service: string) => referredId(functionOf(dev, service).properties.Role);
    expect(admitted).toEqual([
      ['kms:GenerateDataKey', roleOf('place-order')],
      ['kms:Decrypt', roleOf('payment')],
    ]);
    // A key of queues and topics is used by services that deliver, and whoever reads a queue.
    const encrypted = [
      ...resourcesOfType(dev, 'AWS::SQS::Queue'),
      ...resourcesOfType(dev, 'AWS::SNS::Topic'),
    ];
    const keys = encrypted.map(([, { Properties }]) => referredId(Properties.KmsMasterKeyId));
    expect(keys).not.toContain(key.id);
  });

  it('remembers requests in a table of its own', () => {
    const table = referredId(variablesOf(placeOrder.properties).IDEMPOTENCY_TABLE) ?? '';
    expect(dev.Resources[table]?.Type).toBe('AWS::DynamoDB::Table');
    expect(callsOn(dev, placeOrder.properties, table)).toEqual([
      'dynamodb:DeleteItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
    ]);
  });

  it.each([
    ['dev', dev, 50, 100],
    ['prod', prod, 500, 1_000],
  ])('is throttled as %s says', (_, template, rate, burst) => {
    expect(only(template, 'AWS::ApiGatewayV2::Stage').properties).toMatchObject({
      DefaultRouteSettings: { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst },
    });
  });
});

describe.each([
  { service: 'payment', events: paymentEvents, environment: paymentEnvironment },
  { service: 'inventory', events: inventoryEvents, environment: inventoryEnvironment },
  { service: 'shipping', events: shippingEvents, environment: shippingEnvironment },
])('$service', ({ service, events }) => {
  const consumer = functionOf(dev, service);
  const queue = only(dev, 'AWS::SQS::Queue', ({ QueueName }) => QueueName === `${system}-${service}`);
  const deadLetterQueue = only(
    dev,
    'AWS::SQS::Queue',
    ({ QueueName }) => QueueName === `${system}-${service}-dlq`,
  );
  const subscription = only(
    dev,
    'AWS::SNS::Subscription',
    ({ Endpoint }) => referredId(Endpoint) === queue.id,
  );

  it('gets the events that its contract selects, as they were published', () => {
    expect(subscription.properties).toMatchObject({
      TopicArn: { Ref: orderPlaced.id },
      FilterPolicy: { eventType: [...events.types] },
      RawMessageDelivery: true,
    });
    expect(Object.keys(orderEvents.schemas)).toEqual(expect.arrayContaining([...events.types]));
  });

  it('takes them from its own queue', () => {
    const mapping = only(
      dev,
      'AWS::Lambda::EventSourceMapping',
      ({ FunctionName }) => referredId(FunctionName) === consumer.id,
    );
    expect(mapping.properties).toMatchObject({ EventSourceArn: { 'Fn::GetAtt': [queue.id, 'Arn'] } });
  });

  it('leaves what fails five times in a DLQ, and what SNS cannot deliver in another', () => {
    expect(queue.properties.RedrivePolicy).toEqual({
      deadLetterTargetArn: { 'Fn::GetAtt': [deadLetterQueue.id, 'Arn'] },
      maxReceiveCount: 5,
    });
    const undelivered = only(
      dev,
      'AWS::SQS::Queue',
      ({ QueueName }) => QueueName === `${system}-${service}-undelivered-order-placed`,
    );
    expect(subscription.properties.RedrivePolicy).toEqual({
      deadLetterTargetArn: { 'Fn::GetAtt': [undelivered.id, 'Arn'] },
    });
  });

  it('writes to a table of its own, which nobody else may', () => {
    const table = referredId(variablesOf(consumer.properties).TABLE_NAME) ?? '';
    expect(dev.Resources[table]?.Type).toBe('AWS::DynamoDB::Table');
    expect(callsOn(dev, consumer.properties, table)).toEqual(
      expect.arrayContaining(['dynamodb:GetItem', 'dynamodb:PutItem']),
    );
    for (const other of ['place-order', 'payment', 'inventory', 'shipping']) {
      if (other !== service) expect(callsOn(dev, functionOf(dev, other).properties, table)).toEqual([]);
    }
  });

  it.each([
    ['dev', dev, 4, 5],
    ['prod', prod, 7, 50],
  ])('keeps messages and works at once as %s says', (_, template, retentionInDays, concurrency) => {
    const { properties } = only(
      template,
      'AWS::SQS::Queue',
      ({ QueueName }) => QueueName === `${system}-${service}`,
    );
    expect(properties.MessageRetentionPeriod).toBe(retentionInDays * 86_400);
    const mapping = only(
      template,
      'AWS::Lambda::EventSourceMapping',
      ({ FunctionName }) => referredId(FunctionName) === functionOf(template, service).id,
    );
    expect(mapping.properties.ScalingConfig).toEqual({ MaximumConcurrency: concurrency });
  });

  it('raises alarms for its queue, its DLQs, its function and its failed records', () => {
    const metrics = resourcesOfType(prod, 'AWS::CloudWatch::Alarm')
      .map(([, { Properties }]) => Properties as { MetricName: string; Dimensions?: { Value: unknown }[] })
      .map(({ MetricName, Dimensions: [dimension] = [] }) => ({ MetricName, of: dimension?.Value }));
    const watchedOf = (of: unknown) =>
      metrics
        .filter(metric => JSON.stringify(metric.of) === JSON.stringify(of))
        .map(metric => metric.MetricName);
    expect(watchedOf({ 'Fn::GetAtt': [queue.id, 'QueueName'] }).sort()).toEqual([
      'ApproximateAgeOfOldestMessage',
      'ApproximateAgeOfOldestMessageInQuietGroups',
      'ApproximateNumberOfMessagesNotVisible',
      'ApproximateNumberOfMessagesVisible',
      'NumberOfMessagesSent',
    ]);
    expect(watchedOf({ 'Fn::GetAtt': [deadLetterQueue.id, 'QueueName'] })).toEqual([
      'ApproximateNumberOfMessagesVisible',
    ]);
    expect(watchedOf({ Ref: consumer.id }).sort()).toEqual(['Duration', 'Errors', 'Throttles']);
    expect(watchedOf(service).sort()).toEqual([
      'FailedRecordsPassing',
      'FailedRecordsPermanent',
      'FailedRecordsUnexpected',
    ]);
  });
});

it('has no subscriber and no consumer but these', () => {
  expect(resourcesOfType(dev, 'AWS::SNS::Subscription')).toHaveLength(3);
  expect(resourcesOfType(dev, 'AWS::Lambda::EventSourceMapping')).toHaveLength(3);
  expect(resourcesOfType(dev, 'AWS::Lambda::Function')).toHaveLength(5);
});

describe('the redriver', () => {
  const routesOf = (template: TemplateJson) =>
    inWords(variablesOf(functionOf(template, 'redriver').properties).ROUTES);

  it('brings back what failed in each queue, and what SNS could not deliver to it', () => {
    const routes = JSON.parse(routesOf(dev)) as Record<string, string | string[]>[];
    const queues = ['Payment', 'Inventory', 'Shipping'].map(name => {
      const [queue, dlq, undelivered] = ['', '-dlq', '-undelivered-order-placed'].map(
        role =>
          only(
            dev,
            'AWS::SQS::Queue',
            ({ QueueName }) => QueueName === `${system}-${name.toLowerCase()}${role}`,
          ).id,
      );
      return {
        queue: `\${${queue}.QueueName}`,
        queue_url: `\${${queue}}`,
        dead_letter_queue_url: `\${${dlq}}`,
        undelivered_urls: [`\${${undelivered}}`],
      };
    });
    expect(routes).toEqual(queues);
  });

  it.each(['dev', 'prod'] as const)('waits for somebody to start it in %s', stage => {
    expect(variablesOf(functionOf(templateOf(stage), 'redriver').properties).MODE).toBe('manual');
  });

  it('starts by itself, or is not there, where that is wanted', () => {
    const scheduled = templateOf('dev', { redrive: 'scheduled' });
    expect(variablesOf(functionOf(scheduled, 'redriver').properties).MODE).toBe('scheduled');
    const off = templateOf('dev', { redrive: 'off' });
    expect(Object.keys(off.Resources).filter(id => id.startsWith('Redriver'))).toEqual([]);
    expect(resourcesOfType(off, 'AWS::Lambda::Function')).toHaveLength(4);
    expect(off.Outputs).not.toHaveProperty('RedriverName');
  });
});

describe('environments', () => {
  const handlers: [service: string, EnvironmentSchema][] = [
    ['place-order', placeOrderEnvironment],
    ['payment', paymentEnvironment],
    ['inventory', inventoryEnvironment],
    ['shipping', shippingEnvironment],
  ];

  it.each(handlers)('give %s what its contract asks for, in both stages', (service, schema) => {
    for (const template of [dev, prod]) {
      const deployed = Object.entries(variablesOf(functionOf(template, service).properties)).map(
        ([name, value]) => [name, typeof value === 'string' ? value : 'https://known-when.deployed'],
      );
      expect(() => parseEnvironment(schema, Object.fromEntries(deployed))).not.toThrow();
    }
  });

  it.each([
    ['dev', dev, 'DEBUG'],
    ['prod', prod, 'INFO'],
  ])('log at the level of %s', (_, template, level) => {
    const levels = resourcesOfType(template, 'AWS::Lambda::Function').map(
      ([, { Properties }]) => variablesOf(Properties).LOG_LEVEL,
    );
    expect(new Set(levels)).toEqual(new Set([level]));
  });

  it('never make the simulated gateway fail: demonstrations do', () => {
    for (const template of [dev, prod]) {
      expect(variablesOf(functionOf(template, 'payment').properties)).not.toHaveProperty(
        'SIMULATED_GATEWAY_FAILS',
      );
    }
  });
});

describe('payment gateway', () => {
  it('is simulated in dev', () => {
    expect(variablesOf(functionOf(dev, 'payment').properties)).not.toHaveProperty('PAYMENT_GATEWAY_URL');
    expect(JSON.stringify(dev.Parameters)).not.toContain('payment-gateway');
  });

  it('is at the URL in Systems Manager in prod, read when the stack is deployed', () => {
    const url = variablesOf(functionOf(prod, 'payment').properties).PAYMENT_GATEWAY_URL;
    expect(prod.Parameters?.[referredId(url) ?? '']).toMatchObject({
      Type: 'AWS::SSM::Parameter::Value<String>',
      Default: '/messaging/prod/payment-gateway-url',
    });
  });

  it('is at another URL when the context says so', () => {
    const staging = templateOf('dev', { paymentGatewayUrlParameter: '/staging/gateway' });
    const url = variablesOf(functionOf(staging, 'payment').properties).PAYMENT_GATEWAY_URL;
    expect(staging.Parameters?.[referredId(url) ?? '']).toMatchObject({ Default: '/staging/gateway' });
  });
});

describe('alarms', () => {
  it('mail nobody unless an address is given', () => {
    const mails = (template: TemplateJson) =>
      resourcesOfType(template, 'AWS::SNS::Subscription')
        .map(([, { Properties }]) => Properties)
        .filter(({ Protocol }) => Protocol === 'email');
    expect(mails(dev)).toEqual([]);
    expect(mails(templateOf('dev', { alarmEmails: 'oncall@example.com' }))).toEqual([
      { Protocol: 'email', Endpoint: 'oncall@example.com', TopicArn: { Ref: alarms.id } },
    ]);
  });

  it.each([
    ['dev', dev, 900, []],
    ['prod', prod, 300, [10_000, 10_000, 10_000]],
  ])('go off where %s says', (_, template, ageInSeconds, backlogs) => {
    const thresholds = (metricName: string) =>
      resourcesOfType(template, 'AWS::CloudWatch::Alarm')
        .filter(([, { Properties }]) => Properties.MetricName === metricName)
        .map(([, { Properties }]) => Properties.Threshold);
    expect(thresholds('ApproximateAgeOfOldestMessage')).toEqual([ageInSeconds, ageInSeconds, ageInSeconds]);
    expect(thresholds('ApproximateNumberOfMessagesVisible').filter(threshold => threshold !== 1)).toEqual(
      backlogs,
    );
  });

  it('tell of lost deliveries, and of callers who got a 5xx answer', () => {
    const [deliveries, answers] = ['NumberOfNotificationsFailedToRedriveToDlq', '5xx'].map(name =>
      only(dev, 'AWS::CloudWatch::Alarm', ({ MetricName }) => MetricName === name),
    );
    expect(deliveries?.properties.Dimensions).toEqual([
      { Name: 'TopicName', Value: { 'Fn::GetAtt': [orderPlaced.id, 'TopicName'] } },
    ]);
    expect(answers?.properties.AlarmActions).toEqual([{ Ref: alarms.id }]);
  });
});

describe('data', () => {
  it('is under keys of DynamoDB in dev, and of the account in prod', () => {
    const encryption = (template: TemplateJson) =>
      resourcesOfType(template, 'AWS::DynamoDB::Table').map(
        ([, { Properties }]) => (Properties.SSESpecification as { SSEType?: string } | undefined)?.SSEType,
      );
    expect(encryption(dev)).toEqual(Array(5).fill(undefined));
    expect(encryption(prod)).toEqual(Array(5).fill('KMS'));
  });

  it('of queues and of topics is under different keys in every stage', () => {
    for (const template of [dev, prod]) {
      const keysOf = (type: string) =>
        new Set(
          resourcesOfType(template, type).map(([, { Properties }]) => referredId(Properties.KmsMasterKeyId)),
        );
      expect(keysOf('AWS::SQS::Queue').size).toBe(1);
      expect(keysOf('AWS::SNS::Topic').size).toBe(2);
      expect([...keysOf('AWS::SNS::Topic')]).not.toEqual(
        expect.arrayContaining([...keysOf('AWS::SQS::Queue')]),
      );
    }
  });
});

describe('outputs', () => {
  it('are what a client, an operator and the demonstration need', () => {
    expect(Object.keys(dev.Outputs ?? {}).sort()).toEqual([
      'AlarmTopicArn',
      'DashboardUrl',
      'DeployedStage',
      'InventoryDlqUrl',
      'InventoryQueueUrl',
      'OrderPlacedTopicArn',
      'OrdersUrl',
      'PaymentDlqUrl',
      'PaymentQueueUrl',
      'PaymentsTableName',
      'RedriverName',
      'ShipmentsTableName',
      'ShippingDlqUrl',
      'ShippingQueueUrl',
      'StockTableName',
    ]);
    expect(Object.keys(prod.Outputs ?? {})).toEqual(Object.keys(dev.Outputs ?? {}));
  });

  it('name the resources that they say', () => {
    const queueNamed = (queueName: string) =>
      only(dev, 'AWS::SQS::Queue', ({ QueueName }) => QueueName === queueName).id;
    expect(dev.Outputs).toMatchObject({
      PaymentQueueUrl: { Value: { Ref: queueNamed('order-processing-payment') } },
      PaymentDlqUrl: { Value: { Ref: queueNamed('order-processing-payment-dlq') } },
      OrderPlacedTopicArn: { Value: { Ref: orderPlaced.id } },
      AlarmTopicArn: { Value: { Ref: alarms.id } },
      PaymentsTableName: { Value: variablesOf(functionOf(dev, 'payment').properties).TABLE_NAME },
      StockTableName: { Value: variablesOf(functionOf(dev, 'inventory').properties).TABLE_NAME },
      ShipmentsTableName: { Value: variablesOf(functionOf(dev, 'shipping').properties).TABLE_NAME },
    });
    expect(JSON.stringify(dev.Outputs?.OrdersUrl?.Value)).toMatch(/"https:\/\/".*"\/orders"/);
  });
});

it('has the same resources in every stage, but for the keys of tables and fine alarms', () => {
  const idsOf = (template: TemplateJson) =>
    Object.keys(template.Resources)
      .filter(id => !tableKeysOf(prod).includes(id))
      .filter(id => !/Alarm$/.test(template.Resources[id]?.Type ?? ''))
      .sort();
  expect(tableKeysOf(prod)).toHaveLength(5);
  expect(idsOf(prod)).toEqual(idsOf(dev));
});

describe('what it was when it was last looked at', () => {
  it('is what it is in dev', () => {
    expect(templatePicture(dev)).toMatchSnapshot();
  });

  it('is what differs in prod', () => {
    expect(templateDifferences(dev, prod)).toMatchSnapshot();
  });
});

function tableKeysOf(template: TemplateJson): (string | undefined)[] {
  return resourcesOfType(template, 'AWS::DynamoDB::Table').map(([, { Properties }]) =>
    referredId((Properties.SSESpecification as { KMSMasterKeyId?: unknown } | undefined)?.KMSMasterKeyId),
  );
}
