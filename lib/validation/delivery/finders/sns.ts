import { listOf, type Policy } from '../../policy/policy-document.ts';
import { type DeployedResource, settingOf } from '../app/deployed-stack.ts';
import { arnParts, foreignAccount } from '../app/place.ts';
import { administrator, anybody, type Caller, outsider } from '../callers.ts';
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
  const organization = organizationAsked(proof.policies.ofResource(topic), call.action);
  return [
    {
      ...ends,
      to: topic.path,
      ...(organization !== undefined && { assumes: `${subscription.account} is of ${organization}` }),
      findings: () => subscribingFindings(subscription, topic, { call, organization }, proof),
    },
  ];
}

const organizationKey = 'aws:PrincipalOrgID';

/**
 * The one organization that a policy wants callers to be of; undefined where it asks for none, or for several. Which
 * accounts are of it is in no template.
 */
function organizationAsked(policy: Policy | undefined, action: string): string | undefined {
  const asked = (policy?.statements ?? [])
    .filter(({ Effect, Action }) => Effect === 'Allow' && listOf(Action).includes(action))
    .flatMap(({ Condition }) => listOf(Condition?.StringEquals?.[organizationKey]));
  const [only, ...others] = new Set(asked);
  return others.length === 0 && typeof only === 'string' ? only : undefined;
}

/** The same caller, as an account of the organization calls; or, without one, an account of none. */
function memberOf(organization: string | undefined, caller: Caller): Caller {
  return {
    ...caller,
    name: `${caller.name}, ${organization === undefined ? 'of no organization' : `of ${organization}`}`,
    context: { ...caller.context, [organizationKey]: organization },
  };
}

function subscribingFindings(
  subscription: DeployedResource,
  topic: DeployedResource,
  { call, organization }: { readonly call: Call; readonly organization: string | undefined },
  proof: Proof,
): readonly DeliveryFinding[] {
  const edge = nameOf({ from: subscription.path, to: topic.path });
  const within = (caller: Caller) => (organization === undefined ? caller : memberOf(organization, caller));
  const subscriber = within(administrator(subscription.account));
  const grant = {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${subscription.account}:root` },
    Action: call.action,
    Resource: topic.arn,
    Condition: {
      StringEquals: {
        'sns:Protocol': 'sqs',
        ...(organization !== undefined && { [organizationKey]: organization }),
      },
      ArnLike: { 'sns:Endpoint': `arn:aws:sqs:${topic.region}:${subscription.account}:*` },
    },
  };
  const narrow = `Let the account subscribe its own queues alone, by ${inJson(grant)}`;
  // What the organization is asked for: that an account which has left it, or never was of it, is let in no more.
  const strangers = [administrator(subscription.account), outsider()].map(caller =>
    memberOf(undefined, caller),
  );
  const intruders = [
    within(outsider()),
    memberOf(undefined, anybody),
    ...(organization === undefined ? [] : strangers),
  ];
  const elsewhere = [
    { 'sns:Protocol': 'https', 'sns:Endpoint': 'https://example.com/events' },
    { 'sns:Protocol': 'sqs', 'sns:Endpoint': `arn:aws:sqs:${topic.region}:${foreignAccount}:theirs` },
  ];
  return [
    ...blockedOrUnseen(proof, { edge, call, caller: subscriber, grant, grantIn: topic }),
    ...openOrUnseen(proof, edge, intruders, call, topic, narrow),
    ...elsewhere.flatMap(context =>
      openOrUnseen(proof, edge, [subscriber], { ...call, context }, topic, narrow),
    ),
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
