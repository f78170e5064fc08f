import { parseEnvironment } from '../../../contracts/environment.ts';
import { invoiceQueue, publishToBrokerJob, warehouseEnvironment } from '../../../contracts/message-broker.ts';
import { referredId, resourcesOfType } from '../../support/stack-template.ts';
import { containerVariables, theOnly } from '../../support/stated-values.ts';
import { systemTemplate, type TemplateJson } from '../../support/synthesized-app.ts';
import { templateDifferences, templatePicture } from '../../support/template-snapshot.ts';

const system = 'message-broker';
const dev = systemTemplate(system, 'dev');
const prod = systemTemplate(system, 'prod');

function taskWith(template: TemplateJson, variable: string) {
  const task = resourcesOfType(template, 'AWS::ECS::TaskDefinition').find(
    ([, resource]) => variable in containerVariables(resource),
  );
  if (!task) throw new Error(`No task has ${variable}`);
  return task[1];
}

const broker = theOnly(dev, 'AWS::AmazonMQ::Broker');
const mapping = theOnly(dev, 'AWS::Lambda::EventSourceMapping');

it('has one node in dev, and three in prod', () => {
  expect(broker.resource.Properties.DeploymentMode).toBe('SINGLE_INSTANCE');
  const { DeploymentMode, SubnetIds } = theOnly(prod, 'AWS::AmazonMQ::Broker').resource.Properties;
  expect(DeploymentMode).toBe('CLUSTER_MULTI_AZ');
  expect(SubnetIds).toHaveLength(3);
});

it.each([
  ['dev', dev],
  ['prod', prod],
])('tells the warehouse all that it asks for in %s', (_, template) => {
  const variables = {
    ...containerVariables(taskWith(template, 'TABLE_NAME')),
    // CloudFormation knows it.
    BROKER_ADDRESSES: 'amqps://b-1234.mq.eu-west-1.on.aws:5671',
  };
  expect(parseEnvironment(warehouseEnvironment, variables)).toMatchObject({
    PREFETCH: 20,
    BROKER_ADDRESSES: ['amqps://b-1234.mq.eu-west-1.on.aws:5671'],
  });
});

it('lets the bridge carry events to the broker, each deleted when it is there', () => {
  const variables = containerVariables(taskWith(dev, 'JOB'));
  expect(variables).toMatchObject({ JOB: publishToBrokerJob.kind });
  expect(variables.BROKER_ADDRESSES).toContain(broker.id);
});

it('polls the invoices with the user of the broker, once the queue is declared', () => {
  const { EventSourceArn, Queues, SourceAccessConfigurations } = mapping.resource.Properties;
  expect(referredId(EventSourceArn)).toBe(broker.id);
  expect(Queues).toEqual([invoiceQueue.name]);
  const secret = theOnly(dev, 'AWS::SecretsManager::Secret');
  expect(SourceAccessConfigurations).toEqual([
    { Type: 'BASIC_AUTH', URI: { Ref: secret.id } },
    { Type: 'VIRTUAL_HOST', URI: '/' },
  ]);
  const { DependsOn } = mapping.resource as { DependsOn?: readonly string[] | string };
  const warehouse = resourcesOfType(dev, 'AWS::ECS::Service').find(([id]) => id.startsWith('Warehouse'));
  expect(DependsOn).toContain(warehouse?.[0]);
});

it('reaches Lambda and Secrets Manager from where the pollers are', () => {
  const services = resourcesOfType(dev, 'AWS::EC2::VPCEndpoint').map(([, { Properties }]) =>
    JSON.stringify(Properties.ServiceName),
  );
  for (const service of ['.lambda', '.secretsmanager', '.sqs']) {
    expect(services.filter(name => name.includes(service))).toHaveLength(1);
  }
});

describe('on ActiveMQ', () => {
  const context = { brokerEngine: 'activemq' };
  const single = systemTemplate(system, 'dev', context);
  const pair = systemTemplate(system, 'prod', context);

  it('is one instance in dev, and a pair in prod', () => {
    const propertiesIn = (template: TemplateJson) =>
      theOnly(template, 'AWS::AmazonMQ::Broker').resource.Properties;
    expect(propertiesIn(single)).toMatchObject({ EngineType: 'ACTIVEMQ', DeploymentMode: 'SINGLE_INSTANCE' });
    expect(propertiesIn(pair).DeploymentMode).toBe('ACTIVE_STANDBY_MULTI_AZ');
    expect(propertiesIn(pair).SubnetIds).toHaveLength(2);
  });

  it.each([
    ['dev', single],
    ['prod', pair],
  ])('tells bridge and warehouse where STOMP is spoken in %s', (_, template) => {
    const { id } = theOnly(template, 'AWS::AmazonMQ::Broker');
    for (const variable of ['TABLE_NAME', 'JOB']) {
      const { Properties } = taskWith(template, variable);
      expect(JSON.stringify(Properties)).toContain(`{"Fn::GetAtt":["${id}","StompEndpoints"]}`);
    }
  });

  it('lets programs in over STOMP, and pollers over OpenWire', () => {
    const group = resourcesOfType(single, 'AWS::EC2::SecurityGroup').find(([id]) =>
      id.startsWith('BrokerGroup'),
    );
    const ports = resourcesOfType(single, 'AWS::EC2::SecurityGroupIngress')
      .filter(([, { Properties }]) => referredId(Properties.GroupId) === group?.[0])
      .map(([, { Properties }]) => Properties.FromPort);
    expect(ports.sort()).toEqual([61614, 61614, 61617]);
  });

  it('polls the invoices, and reaches what the pollers of ActiveMQ call too', () => {
    expect(theOnly(single, 'AWS::Lambda::EventSourceMapping').resource.Properties).toMatchObject({
      Queues: [invoiceQueue.name],
      SourceAccessConfigurations: [{ Type: 'BASIC_AUTH' }],
    });
    const services = resourcesOfType(single, 'AWS::EC2::VPCEndpoint').map(([, { Properties }]) =>
      JSON.stringify(Properties.ServiceName),
    );
    expect(services.filter(name => name.includes('.sts'))).toHaveLength(1);
  });

  it('differs from RabbitMQ as it did', () => {
    expect(templateDifferences(dev, single)).toMatchSnapshot();
  });
});

it('is what it was', () => {
  expect(templatePicture(dev)).toMatchSnapshot();
});

it('differs in prod as it did', () => {
  expect(templateDifferences(dev, prod)).toMatchSnapshot();
});
