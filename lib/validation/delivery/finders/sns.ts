import { type DeployedResource, settingOf } from '../app/deployed-stack.ts';
import { type Edge, edgeToOutside, nameOf } from '../edge.ts';
import type { Proof } from '../questions.ts';
import { byRole, byService, outside, sourceNamed } from './finder.ts';

const sns = 'sns.amazonaws.com';

interface SubscriptionTerms {
  readonly Protocol?: unknown;
  readonly Endpoint?: unknown;
}

/** Subscriptions deliver to their endpoint, and to a DLQ of their own what they could not. */
export function subscriptionEdges(subscription: DeployedResource, proof: Proof): readonly Edge[] {
  const source = sourceNamed(subscription.property('TopicArn'), subscription, proof);
  const redrive = settingOf<{ readonly deadLetterTargetArn: unknown }>(subscription, 'RedrivePolicy');
  const terms = {
    Protocol: subscription.property('Protocol'),
    Endpoint: subscription.property('Endpoint'),
  };
  const delivery = { by: subscription, service: sns, source };
  return [
    endpointEdge(subscription, proof, source, terms),
    ...(redrive?.deadLetterTargetArn === undefined
      ? []
      : [byService(proof, { ...delivery, kind: 'DLQ of a subscription' }, redrive.deadLetterTargetArn)]),
  ];
}

/** Subscriptions that are written into the topic. */
export function topicEdges(topic: DeployedResource, proof: Proof): readonly Edge[] {
  const subscriptions = (topic.property('Subscription') ?? []) as readonly SubscriptionTerms[];
  const source = sourceNamed(topic.arn, topic, proof);
  return subscriptions.map(terms => endpointEdge(topic, proof, source, terms));
}

function endpointEdge(
  by: DeployedResource,
  proof: Proof,
  source: ReturnType<typeof sourceNamed>,
  { Protocol, Endpoint }: SubscriptionTerms,
): Edge {
  const kind = `SNS subscription (${String(Protocol)})`;
  switch (Protocol) {
    case 'sqs':
    case 'lambda':
      return byService(proof, { kind, by, service: sns, source }, Endpoint);
    case 'firehose':
      return byRole(
        proof,
        { kind, by, from: source.path, role: by.property('SubscriptionRoleArn'), service: sns },
        Endpoint,
      );
    default:
      return edgeOut(by, kind, source.path, Protocol, Endpoint);
  }
}

function edgeOut(by: DeployedResource, kind: string, from: string, protocol: unknown, to: unknown): Edge {
  const ends = { kind, by, from, to: outside(to) };
  if (protocol !== 'http') return edgeToOutside(ends);
  return edgeToOutside(ends, [
    {
      kind: 'plaintext',
      edge: nameOf(ends),
      at: by,
      problem: `${by.path} delivers over plain HTTP.`,
      statement: 'Protocol: https',
      fix: 'Subscribe an https endpoint.',
    },
  ]);
}
