import type { SQSClient } from '@aws-sdk/client-sqs';
import { ACCOUNT_ID } from '../assembly/cloud-assembly.ts';
import type { ResourceDeclaration } from '../assembly/resource.ts';
import { BrokerMapping } from '../mappings/broker-mapping.ts';
import { EventSourceMapping } from '../mappings/event-source-mapping.ts';
import { functionNameOf } from './function-provider.ts';
import { physicalName } from './physical-name.ts';
import { listOf, textOf } from './property-values.ts';
import type { ResourceProvider } from './provider.ts';
import type { LocalServices } from './services.ts';

export const eventSourceMappingProvider: ResourceProvider = {
  type: 'AWS::Lambda::EventSourceMapping',
  phase: 'wiring',
  identify(resource) {
    const id = physicalName(resource, undefined, { limit: 128 });
    return { ref: id, attributes: { Id: id } };
  },
  async provision(resource, services) {
    const sourceArn = textOf(resource, 'EventSourceArn');
    const [, , service, , , queueName = ''] = sourceArn.split(':');
    const functionName = functionNameOf(textOf(resource, 'FunctionName'));
    if (service === 'mq') {
      pollBroker(resource, functionName, services);
      return;
    }
    if (service !== 'sqs') {
      services.note(
        resource,
        `does not run here: only queues and brokers are polled, and its source is ${sourceArn}`,
      );
      return;
    }
    if (resource.property('Enabled') === false) {
      services.note(resource, 'is disabled by the template');
      return;
    }
    if (!services.functions.functionNames.includes(functionName)) {
      services.note(resource, `does not run here: its function ${functionName} does not`);
      return;
    }
    const batchSize = resource.property('BatchSize');
    const window = resource.property('MaximumBatchingWindowInSeconds');
    const { MaximumConcurrency } = (resource.property('ScalingConfig') ?? {}) as {
      MaximumConcurrency?: number;
    };
    const { Filters = [] } = (resource.property('FilterCriteria') ?? {}) as {
      Filters?: readonly { Pattern: string }[];
    };
    const mapping = new EventSourceMapping(
      {
        queueUrl: `${services.endpoint}/${ACCOUNT_ID}/${queueName}`,
        queueArn: sourceArn,
        functionName,
        reportBatchItemFailures: listOf(resource, 'FunctionResponseTypes').includes(
          'ReportBatchItemFailures',
        ),
        filterPatterns: Filters.map(({ Pattern }) => Pattern),
        ...(batchSize === undefined ? {} : { batchSize: Number(batchSize) }),
        ...(window === undefined ? {} : { maximumBatchingWindowSeconds: Number(window) }),
        ...(MaximumConcurrency === undefined ? {} : { maximumConcurrency: Number(MaximumConcurrency) }),
      },
      {
        sqs: services.directQueues as unknown as SQSClient,
        invoke: (name, event) => services.functions.invoke(name, event),
        // One more than the function can use, so that its environments never wait for a receive.
        pollers: services.functions.concurrencyOf(functionName) + 1,
      },
    );
    services.addMapping(mapping);
    await mapping.start();
  },
};

interface SourceAccess {
  readonly Type: string;
  readonly URI: string;
}

/** Takes messages from a broker that runs here, with the user that the mapping names the secret of. */
function pollBroker(resource: ResourceDeclaration, functionName: string, services: LocalServices): void {
  const brokerArn = textOf(resource, 'EventSourceArn');
  const [queue = ''] = listOf<string>(resource, 'Queues');
  const secret = listOf<SourceAccess>(resource, 'SourceAccessConfigurations').find(
    ({ Type }) => Type === 'BASIC_AUTH',
  );
  // `arn:aws:mq:region:account:broker:name:id`
  const address = services.brokers.runningAt(brokerArn.split(':').at(-2) ?? '');
  if (secret === undefined || address === undefined) {
    services.note(resource, 'does not run here: its broker does not');
    return;
  }
  const mapping = new BrokerMapping({
    address,
    credentials: () => JSON.parse(services.secrets.valueOf(secret.URI)),
    brokerArn,
    queue,
    batchSize: Number(resource.property('BatchSize') ?? 100),
    async invoke(event) {
      const result = await services.functions.invoke(functionName, event);
      if (result.outcome !== 'success') throw new Error(`${functionName} failed.`);
    },
  });
  services.addBrokerMapping(mapping);
  mapping.start();
}
