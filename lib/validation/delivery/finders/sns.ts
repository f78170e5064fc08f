import { type DeployedResource, settingOf } from '../app/deployed-stack.ts';
import { arnParts } from '../app/place.ts';
import { administrator, anybody, outsider } from '../callers.ts';
import { assumedEdge, type DeliveryFinding, type Edge, edgeToOutside, nameOf } from '../edge.ts';
import { type Call, inJson, type Proof } from '../questions.ts';
import { blockedOrUnseen, openOrUnseen, plaintextOrUnseen } from '../verdict-findings.ts';
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
    ...subscribingEdges(subscription, proof, terms),
    endpointEdge(subscription, proof, source, terms),
    ...(redrive?.deadLetterTargetArn === undefined
      ? []
      : [byService(proof, { ...delivery, kind: 'DLQ of a subscription' }, redrive.deadLetterTargetArn)]),
  ];
}

/**
 * That an account may subscribe to a topic of another. Where the topic is of this app, its policy is asked; where it
 * is not, there is nothing here to ask, and the deployment fails if it does not let the account in: no event is
 * lost by that.
 */
function subscribingEdges(
  subscription: DeployedResource,
  proof: Proof,
  { Protocol, Endpoint }: SubscriptionTerms,
): readonly Edge[] {
  const topicArn = subscription.property('TopicArn');
  const topic = proof.app.referredTo(topicArn);
  const owner = topic?.account ?? arnParts(topicArn)?.account ?? subscription.account;
  if (owner === subscription.account) return [];
  const kind = 'Subscribing from another account';
  const ends = { kind, by: subscription, from: subscription.path };
  if (!topic) return [assumedEdge({ ...ends, to: outside(topicArn) }, `${owner} lets it subscribe`)];
  const call: Call = {
    action: 'sns:Subscribe',
    target: topic,
    context: { 'sns:Protocol': String(Protocol), 'sns:Endpoint': String(Endpoint) },
  };
  return [{ ...ends, to: topic.path, findings: () => subscribingFindings(subscription, topic, call, proof) }];
}

function subscribingFindings(
  subscription: DeployedResource,
  topic: DeployedResource,
  call: Call,
  proof: Proof,
): readonly DeliveryFinding[] {
  const edge = nameOf({ from: subscription.path, to: topic.path });
  const subscriber = administrator(subscription.account);
  const grant = {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${subscription.account}:root` },
    Action: call.action,
    Resource: topic.arn,
    Condition: {
      StringEquals: { 'sns:Protocol': 'sqs' },
      ArnLike: { 'sns:Endpoint': `arn:aws:sqs:${topic.region}:${subscription.account}:*` },
    },
  };
  const narrow = `Let the account subscribe its own queues alone, by ${inJson(grant)}`;
  const toElsewhere: Call = {
    ...call,
    context: {
      'sns:Protocol': 'https',
      'sns:Endpoint': 'https://example.com/events',
    },
  };
  return [
    ...blockedOrUnseen(proof, { edge, call, caller: subscriber, grant, grantIn: topic }),
    ...openOrUnseen(proof, edge, [outsider(), anybody], call, topic, narrow),
    ...openOrUnseen(proof, edge, [subscriber], toElsewhere, topic, narrow),
    ...plaintextOrUnseen(proof, edge, subscriber, call),
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
