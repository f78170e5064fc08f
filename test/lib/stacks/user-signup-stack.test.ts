import { parseEnvironment } from '../../../contracts/environment.ts';
import {
  crmReceiverEnvironment,
  eventLogEnvironment,
  redeliveryEnvironment,
  signUpEnvironment,
  welcomeEnvironment,
} from '../../../contracts/user-signup.ts';
import { referredId, resourcesOfType } from '../../support/stack-template.ts';
import { asDeployed, statedText, theOnly } from '../../support/stated-values.ts';
import { systemTemplate, type TemplateJson } from '../../support/synthesized-app.ts';
import { templateDifferences, templatePicture } from '../../support/template-snapshot.ts';

const system = 'user-signup';
const dev = systemTemplate(system, 'dev');
const prod = systemTemplate(system, 'prod');

const queueOf = (name: string) =>
  theOnly(dev, 'AWS::SQS::Queue', ({ QueueName }) => QueueName === `${system}-${name}`);
const functionOf = (template: TemplateJson, service: string) =>
  theOnly(template, 'AWS::Lambda::Function', ({ Environment }) =>
    JSON.stringify(Environment).includes(`"POWERTOOLS_SERVICE_NAME":"${service}"`),
  );
const variablesOf = (template: TemplateJson, service: string) => {
  const { Variables } = functionOf(template, service).resource.Properties.Environment as {
    Variables: Record<string, unknown>;
  };
  return Object.fromEntries(Object.entries(Variables).map(([name, value]) => [name, statedText(value)]));
};
const subscriptionOf = (protocol: string, template = dev) =>
  theOnly(
    template,
    'AWS::SNS::Subscription',
    ({ Protocol, FilterPolicy }) => Protocol === protocol && FilterPolicy !== undefined,
  );
const routeOf = (path: string) =>
  theOnly(dev, 'AWS::ApiGatewayV2::Route', ({ RouteKey }) => RouteKey === `POST ${path}`);
const events = theOnly(dev, 'AWS::SNS::Topic', ({ SignatureVersion }) => SignatureVersion === '2');

/** What stands behind a route. */
function functionBehind(path: string): string | undefined {
  const [, id = ''] = /<(.+)>/.exec(statedText(routeOf(path).resource.Properties.Target)) ?? [];
  return referredId(dev.Resources[id]?.Properties.IntegrationUri);
}

describe('the way of a sign-up', () => {
  it('leads from a signed request to the function, and by it to the topic', () => {
    expect(routeOf('/sign-ups').resource.Properties.AuthorizationType).toBe('AWS_IAM');
    expect(functionBehind('/sign-ups')).toBe(functionOf(dev, 'sign-up').id);
    expect(variablesOf(dev, 'sign-up').TOPIC_ARN).toBe(`<${events.id}>`);
  });

  it.each(['lambda', 'sqs', 'https'])('from there by %s to who asked for it', protocol => {
    const { Properties } = subscriptionOf(protocol).resource;
    expect(referredId(Properties.TopicArn)).toBe(events.id);
    expect(Properties.FilterPolicy).toEqual({ eventType: ['user_signed_up'] });
  });

  it('straight to the function that welcomes', () => {
    expect(referredId(subscriptionOf('lambda').resource.Properties.Endpoint)).toBe(
      functionOf(dev, 'welcome').id,
    );
  });

  it('raw to the queue of the event log, and by it to the function', () => {
    const { Properties } = subscriptionOf('sqs').resource;
    expect(referredId(Properties.Endpoint)).toBe(queueOf('event-log').id);
    expect(Properties.RawMessageDelivery).toBe(true);
    const mappings = resourcesOfType(dev, 'AWS::Lambda::EventSourceMapping').map(
      ([, { Properties: mapping }]) => [referredId(mapping.EventSourceArn), referredId(mapping.FunctionName)],
    );
    expect(mappings).toContainEqual([queueOf('event-log').id, functionOf(dev, 'event-log').id]);
  });

  it('in a signed envelope to the CRM', () => {
    const { Properties } = subscriptionOf('https').resource;
    expect(Properties.RawMessageDelivery).not.toBe(true);
  });
});

describe('what somebody could not be told', () => {
  it.each([
    ['lambda', 'welcome-subscription-undelivered-user-events'],
    ['sqs', 'event-log-undelivered-user-events'],
    ['https', 'crm-subscription-undelivered-user-events'],
  ])('waits in the DLQ of the subscription by %s', (protocol, queue) => {
    const { RedrivePolicy } = subscriptionOf(protocol).resource.Properties;
    expect(RedrivePolicy).toEqual({ deadLetterTargetArn: { 'Fn::GetAtt': [queueOf(queue).id, 'Arn'] } });
  });

  it('waits, with the reason, where the welcome function fails three times', () => {
    const { Properties } = theOnly(dev, 'AWS::Lambda::EventInvokeConfig').resource;
    expect(referredId(Properties.FunctionName)).toBe(functionOf(dev, 'welcome').id);
    expect(Properties).toMatchObject({
      MaximumRetryAttempts: 2,
      DestinationConfig: {
        OnFailure: { Destination: { 'Fn::GetAtt': [queueOf('welcome-subscription-failed').id, 'Arn'] } },
      },
    });
  });

  it('is published anew by the function behind the redelivery queue', () => {
    expect(variablesOf(dev, 'redelivery').TOPIC_ARN).toBe(`<${events.id}>`);
  });

  it('raises an alarm wherever it waits', () => {
    const watched = resourcesOfType(dev, 'AWS::CloudWatch::Alarm').flatMap(([, { Properties }]) =>
      ((Properties.Dimensions ?? []) as { Name: string; Value: unknown }[])
        .filter(({ Name }) => Name === 'QueueName')
        .map(({ Value }) => referredId(Value)),
    );
    const deadLetters = resourcesOfType(dev, 'AWS::SQS::Queue').filter(([, { Properties }]) =>
      /-(dlq|failed|undelivered-user-events)$/.test(String(Properties.QueueName)),
    );
    expect(deadLetters).toHaveLength(6);
    expect(watched).toEqual(expect.arrayContaining(deadLetters.map(([id]) => id)));
  });
});

describe('the CRM of the stack', () => {
  it('is open to everybody, since SNS does not sign requests, and to nobody as often as he likes', () => {
    const { Properties } = routeOf('/user-events').resource;
    expect(Properties.AuthorizationType).toBe('NONE');
    expect(functionBehind('/user-events')).toBe(functionOf(dev, 'crm-receiver').id);
    const stage = theOnly(
      dev,
      'AWS::ApiGatewayV2::Stage',
      ({ ApiId }) => referredId(ApiId) === referredId(Properties.ApiId),
    );
    expect(stage.resource.Properties.DefaultRouteSettings).toMatchObject({
      ThrottlingRateLimit: 50,
      ThrottlingBurstLimit: 100,
    });
  });

  it('is all there before SNS asks it to confirm', () => {
    const { DependsOn } = subscriptionOf('https').resource;
    const route = routeOf('/user-events');
    const api = referredId(route.resource.Properties.ApiId);
    const ofEndpoint = [
      'AWS::ApiGatewayV2::Route',
      'AWS::ApiGatewayV2::Integration',
      'AWS::ApiGatewayV2::Stage',
    ].flatMap(type =>
      resourcesOfType(dev, type)
        .filter(([, { Properties }]) => referredId(Properties.ApiId) === api)
        .map(([id]) => id),
    );
    const permissions = resourcesOfType(dev, 'AWS::Lambda::Permission')
      .filter(
        ([, { Properties }]) => referredId(Properties.FunctionName) === functionOf(dev, 'crm-receiver').id,
      )
      .map(([id]) => id);
    expect(ofEndpoint).toHaveLength(3);
    expect(permissions).toHaveLength(1);
    expect(DependsOn).toEqual(expect.arrayContaining([...ofEndpoint, ...permissions]));
  });

  it.each([
    ['dev', dev],
    ['prod', prod],
  ])('trusts AWS alone in %s: nothing stands in for it', (_stage, template) => {
    expect(variablesOf(template, 'crm-receiver')).not.toHaveProperty('AWS_ENDPOINT_URL');
    expect(variablesOf(template, 'crm-receiver').TOPIC_ARN).toBe(`<${events.id}>`);
  });

  it('is left out where the stage names another', () => {
    const url = 'https://crm.example.com/user-events';
    const template = systemTemplate(system, 'dev', { crmEndpointUrl: url });
    expect(subscriptionOf('https', template).resource.Properties.Endpoint).toBe(url);
    expect(resourcesOfType(template, 'AWS::ApiGatewayV2::Api')).toHaveLength(1);
    expect(JSON.stringify(template)).not.toContain('crm-receiver');
    expect(Object.keys(template.Outputs ?? {})).not.toContain('CrmEndpointUrl');
  });
});

it.each([
  ['dev', dev],
  ['prod', prod],
])('tells its functions all that they ask for, in %s', (_stage, template) => {
  const schemas = {
    'sign-up': signUpEnvironment,
    welcome: welcomeEnvironment,
    'event-log': eventLogEnvironment,
    redelivery: redeliveryEnvironment,
    'crm-receiver': crmReceiverEnvironment,
  };
  for (const [service, schema] of Object.entries(schemas)) {
    const variables = { ...asDeployed(variablesOf(template, service)) };
    // A parameter of Systems Manager, in prod.
    if (service === 'welcome') variables.MAIL_FROM = 'no-reply@example.com';
    expect(() => parseEnvironment(schema as typeof redeliveryEnvironment, variables)).not.toThrow();
  }
});

it('has outputs for who signs up and who operates', () => {
  expect(Object.keys(dev.Outputs ?? {}).sort()).toEqual([
    'AlarmTopicArn',
    'ContactsTableName',
    'CrmEndpointUrl',
    'CrmUndeliveredUrl',
    'DashboardUrl',
    'DeployedStage',
    'EventLogDlqUrl',
    'EventLogQueueUrl',
    'LoggedEventsTableName',
    'RedeliveryDlqUrl',
    'RedeliveryQueueUrl',
    'SignUpsUrl',
    'UserEventsTopicArn',
    'UsersTableName',
    'WelcomeFailedUrl',
    'WelcomeUndeliveredUrl',
    'WelcomesTableName',
  ]);
});

it('is what it was', () => {
  expect(templatePicture(dev)).toMatchSnapshot();
});

it('differs in prod as it did', () => {
  expect(templateDifferences(dev, prod)).toMatchSnapshot();
});
