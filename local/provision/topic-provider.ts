import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { ACCOUNT_ID } from '../assembly/cloud-assembly.ts';
import type { ResourceDeclaration } from '../assembly/resource.ts';
import { physicalName } from './physical-name.ts';
import { attributesOf, isTrue, listOf, tagsOf } from './property-values.ts';
import type { ResourceProvider } from './provider.ts';
import { subscribe } from './subscription-provider.ts';

/** @see https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html */
const NAME_LIMIT = 256;

const ATTRIBUTES = [
  'ContentBasedDeduplication',
  'DisplayName',
  'FifoThroughputScope',
  'FifoTopic',
  'KmsMasterKeyId',
  'SignatureVersion',
  'TracingConfig',
] as const;

export const topicProvider: ResourceProvider = {
  type: 'AWS::SNS::Topic',
  phase: 'stores',
  identify(resource) {
    const arn = topicArn(resource);
    return { ref: arn, attributes: { TopicArn: arn, TopicName: topicName(resource) } };
  },
  async provision(resource, services) {
    const tags = Object.entries(tagsOf(resource)).map(([Key, Value]) => ({ Key, Value }));
    await services.clients.sns(resource.region).send(
      new CreateTopicCommand({
        Name: topicName(resource),
        Attributes: attributesOf(resource, ATTRIBUTES),
        ...(tags.length > 0 ? { Tags: tags } : {}),
      }),
    );
    for (const { Protocol, Endpoint } of listOf<{ Protocol: string; Endpoint: string }>(
      resource,
      'Subscription',
    )) {
      await subscribe(
        resource,
        { topicArn: topicArn(resource), protocol: Protocol, endpoint: Endpoint, attributes: {} },
        services,
      );
    }
  },
};

function topicArn(resource: ResourceDeclaration): string {
  return `arn:aws:sns:${resource.region}:${ACCOUNT_ID}:${topicName(resource)}`;
}

function topicName(resource: ResourceDeclaration): string {
  return physicalName(resource, resource.property('TopicName'), {
    limit: NAME_LIMIT,
    ...(isTrue(resource.property('FifoTopic')) ? { ending: '.fifo' } : {}),
  });
}
