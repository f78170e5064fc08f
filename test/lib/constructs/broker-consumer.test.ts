import { Stack } from 'aws-cdk-lib';
import { invoiceEnvironment, warehouseEnvironment } from '../../../contracts/message-broker.ts';
import { activeMq } from '../../../lib/constructs/broker/activemq.ts';
import { rabbitMq } from '../../../lib/constructs/broker/rabbitmq.ts';
import { BrokerConsumer, type BrokerConsumerProps } from '../../../lib/constructs/broker-consumer.ts';
import { BrokerService, type BrokerServiceProps } from '../../../lib/constructs/broker-service.ts';
import { MessageBroker } from '../../../lib/constructs/message-broker.ts';
import { MessageKey } from '../../../lib/constructs/message-key.ts';
import type { EndpointService } from '../../../lib/constructs/network/endpoint-services.ts';
import { PrivateNetwork } from '../../../lib/constructs/private-network.ts';
import { PropsError } from '../../../lib/constructs/validation.ts';
import { onlyResource, referredId, testStack } from '../../support/stack-template.ts';
import { containerVariables } from '../../support/stated-values.ts';

const all: readonly EndpointService[] = ['lambda', ...BrokerService.services];

function brokerIn(stack: Stack, services = all, engine = rabbitMq()) {
  return new MessageBroker(stack, 'Broker', {
    network: new PrivateNetwork(stack, 'Network', { services }),
    engine,
  });
}

type ConsumerOptions = Partial<BrokerConsumerProps<typeof invoiceEnvironment>>;

function makeConsumer(options: ConsumerOptions = {}, services = all, engine = rabbitMq()) {
  const stack = testStack();
  const broker = brokerIn(stack, services, engine);
  const consumer = new BrokerConsumer(stack, 'Invoicing', {
    broker,
    queueName: 'invoices',
    declaredBy: broker,
    description: 'Opens invoices',
    entry: 'lambda/message-broker/open-invoice.ts',
    environmentSchema: invoiceEnvironment,
    environment: rejects => ({
      LOG_LEVEL: 'INFO' as const,
      TABLE_NAME: 'invoices',
      REJECTS_QUEUE_URL: rejects.queueUrl,
    }),
    key: new MessageKey(stack, 'Key', { description: 'Encrypts rejects' }),
    serviceName: 'invoicing',
    metricsNamespace: 'MessageBroker',
    ...options,
  });
  return { stack, consumer };
}

describe('BrokerConsumer', () => {
  const mappingOf = (...made: Parameters<typeof makeConsumer>) =>
    onlyResource(makeConsumer(...made).stack, 'AWS::Lambda::EventSourceMapping').Properties;

  it('takes ten messages at a time from the queue, unless told otherwise', () => {
    expect(mappingOf()).toMatchObject({ BatchSize: 10, Queues: ['invoices'] });
    expect(mappingOf({ batchSize: 1 }).BatchSize).toBe(1);
  });

  it('names the virtual host of RabbitMQ; ActiveMQ has none', () => {
    const types = (properties: Readonly<Record<string, unknown>>) =>
      (properties.SourceAccessConfigurations as { Type: string }[]).map(({ Type }) => Type);
    expect(types(mappingOf())).toEqual(['BASIC_AUTH', 'VIRTUAL_HOST']);
    expect(types(mappingOf({}, [...all, 'sts'], activeMq()))).toEqual(['BASIC_AUTH']);
  });

  it('puts what it can never handle into a queue of its own, which the function knows', () => {
    const { stack, consumer } = makeConsumer();
    const { Environment } = onlyResource(stack, 'AWS::Lambda::Function').Properties as {
      Environment: { Variables: Record<string, unknown> };
    };
    const { defaultChild } = consumer.rejects.node;
    const id = Stack.of(consumer).resolve((defaultChild as never as { logicalId: string }).logicalId);
    expect(referredId(Environment.Variables.REJECTS_QUEUE_URL)).toBe(id);
  });

  it.each<[string, Parameters<typeof makeConsumer>]>([
    ['batchSize', [{ batchSize: 0 }]],
    ['lambda', [{}, BrokerService.services]],
    ['sts', [{}, all, activeMq()]],
  ])('fails without a sound %s', (what, made) => {
    expect(() => makeConsumer(...made)).toThrow(PropsError);
    expect(() => makeConsumer(...made)).toThrow(what);
  });
});

describe('BrokerService', () => {
  function makeService(
    options: Partial<BrokerServiceProps<typeof warehouseEnvironment>> = {},
    services = all,
  ) {
    const stack = testStack();
    new BrokerService(stack, 'Warehouse', {
      broker: brokerIn(stack, services),
      entry: 'worker/warehouse/main.ts',
      environmentSchema: warehouseEnvironment,
      environment: { TABLE_NAME: 'picks' },
      serviceName: 'warehouse',
      metricsNamespace: 'MessageBroker',
      logLevel: 'INFO',
      ...options,
    });
    return stack;
  }

  it('runs two consumers that have 20 messages in hand each, unless told otherwise', () => {
    const stack = makeService();
    expect(onlyResource(stack, 'AWS::ECS::Service').Properties.DesiredCount).toBe(2);
    const variables = containerVariables(onlyResource(stack, 'AWS::ECS::TaskDefinition'));
    expect(variables).toMatchObject({ PREFETCH: '20', TABLE_NAME: 'picks', SHUTDOWN_SECONDS: '110' });
    expect(onlyResource(makeService({ tasks: 3 }), 'AWS::ECS::Service').Properties.DesiredCount).toBe(3);
  });

  it('knows where the broker is and who to be there, and never the password', () => {
    const variables = containerVariables(onlyResource(makeService(), 'AWS::ECS::TaskDefinition'));
    expect(variables.BROKER_ADDRESSES).toMatch(/^<Broker/);
    expect(variables.BROKER_SECRET_ARN).toMatch(/^<BrokerUserSecret/);
    expect(JSON.stringify(variables)).not.toContain('password');
  });

  it.each<[string, Parameters<typeof makeService>]>([
    ['prefetch', [{ prefetch: 0 }]],
    ['maxTasks', [{ tasks: 0 }]],
    ['memory', [{ memory: 300 }]],
    ['secretsmanager', [{}, ['lambda', 'ecr.api', 'ecr.dkr', 'logs']]],
  ])('fails without a sound %s', (what, made) => {
    expect(() => makeService(...made)).toThrow(PropsError);
    expect(() => makeService(...made)).toThrow(what);
  });
});
