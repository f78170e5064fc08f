import { SubscribeCommand } from '@aws-sdk/client-sns';
import type { ResourceDeclaration } from '../assembly/resource.ts';
import { attributesOf, textOf } from './property-values.ts';
import type { ResourceProvider } from './provider.ts';
import type { LocalServices } from './services.ts';

/** Protocols that the local cloud delivers by. */
const DELIVERED = ['sqs', 'lambda', 'http', 'https', 'firehose'] as const;

const ATTRIBUTES = [
  'DeliveryPolicy',
  'FilterPolicy',
  'FilterPolicyScope',
  'RawMessageDelivery',
  'RedrivePolicy',
] as const;

export interface Subscription {
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export const subscriptionProvider: ResourceProvider = {
  type: 'AWS::SNS::Subscription',
  phase: 'wiring',
  identify(resource) {
    // SNS makes up the last part; the logical id stands for it.
    const arn = `${textOf(resource, 'TopicArn')}:${resource.logicalId}`;
    return { ref: arn, attributes: { Arn: arn } };
  },
  async provision(resource, services) {
    await subscribe(
      resource,
      {
        topicArn: textOf(resource, 'TopicArn'),
        protocol: textOf(resource, 'Protocol'),
        endpoint: textOf(resource, 'Endpoint'),
        attributes: attributesOf(resource, ATTRIBUTES),
      },
      services,
    );
  },
};

/** Subscribes an endpoint; one whose protocol is not delivered locally is noted instead. */
export async function subscribe(
  resource: ResourceDeclaration,
  { topicArn, protocol, endpoint, attributes }: Subscription,
  services: LocalServices,
): Promise<void> {
  if (!(DELIVERED as readonly string[]).includes(protocol)) {
    services.note(resource, `${protocol} to ${endpoint} is not delivered here`);
    return;
  }
  // A subscription is made in the region of its topic, wherever its stack is.
  const region = topicArn.split(':')[3] ?? resource.region;
  await services.clients.sns(region).send(
    new SubscribeCommand({
      TopicArn: topicArn,
      Protocol: protocol,
      Endpoint: endpoint,
      Attributes: attributes,
      ReturnSubscriptionArn: true,
    }),
  );
}
