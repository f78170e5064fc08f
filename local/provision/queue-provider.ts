import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { ACCOUNT_ID } from '../assembly/cloud-assembly.ts';
import type { ResourceDeclaration } from '../assembly/resource.ts';
import { physicalName } from './physical-name.ts';
import { attributesOf, isTrue, tagsOf } from './property-values.ts';
import type { ResourceProvider } from './provider.ts';

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html */
const NAME_LIMIT = 80;

/** Properties that are attributes of the same name. */
const ATTRIBUTES = [
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'DelaySeconds',
  'FifoQueue',
  'FifoThroughputLimit',
  'KmsDataKeyReusePeriodSeconds',
  'KmsMasterKeyId',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'RedriveAllowPolicy',
  'RedrivePolicy',
  'SqsManagedSseEnabled',
  'VisibilityTimeout',
] as const;

export const queueProvider: ResourceProvider = {
  type: 'AWS::SQS::Queue',
  phase: 'stores',
  identify(resource, { endpoint }) {
    const name = queueName(resource);
    const url = `${endpoint}/${ACCOUNT_ID}/${name}`;
    return {
      ref: url,
      attributes: {
        Arn: `arn:aws:sqs:${resource.region}:${ACCOUNT_ID}:${name}`,
        QueueName: name,
        QueueUrl: url,
      },
    };
  },
  async provision(resource, services) {
    const attributes = attributesOf(resource, ATTRIBUTES);
    const cap = services.maxVisibilityTimeoutSeconds;
    const declared = Number(attributes.VisibilityTimeout ?? 30);
    if (declared > cap) {
      attributes.VisibilityTimeout = String(cap);
      services.note(resource, `visibility timeout ${declared} s is cut to ${cap} s here`);
    }
    await services.clients.sqs(resource.region).send(
      new CreateQueueCommand({
        QueueName: queueName(resource),
        Attributes: attributes,
        tags: tagsOf(resource),
      }),
    );
  },
};

function queueName(resource: ResourceDeclaration): string {
  return physicalName(resource, resource.property('QueueName'), {
    limit: NAME_LIMIT,
    ...(isTrue(resource.property('FifoQueue')) ? { ending: '.fifo' } : {}),
  });
}
