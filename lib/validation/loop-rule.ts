import type { Finding, MessagingRule } from './messaging-rule.ts';
import { RolePermissions } from './role-permissions.ts';
import { type CloudFormationTemplate, referredId, resourcesOfType } from './template-resources.ts';
import { arnOf, textOf } from './template-text.ts';

interface BucketProperties {
  readonly NotificationConfiguration: Readonly<Record<string, readonly NotificationSettings[]>>;
}

interface NotificationSettings {
  readonly Event?: unknown;
  readonly Filter?: {
    readonly S3Key?: { readonly Rules?: readonly { readonly Name?: string; readonly Value?: unknown }[] };
  };
  readonly Queue?: unknown;
  readonly Topic?: unknown;
  readonly Function?: unknown;
}

interface SubscriptionProperties {
  readonly Protocol: unknown;
  readonly TopicArn: unknown;
  readonly Endpoint: unknown;
  readonly FilterPolicy: unknown;
}

interface MappingProperties {
  readonly EventSourceArn: unknown;
  readonly FunctionName: unknown;
}

/** Something that a consumer must not do, since it would be told of it. */
interface Echo {
  readonly roleId: string;
  readonly action: string;
  /** ARN, or a pattern of several. */
  readonly resource: string;
}

/** What a consumer does to an object so that a bucket tells of it. */
const echoesOfEvents: readonly { readonly event: RegExp; readonly actions: readonly string[] }[] = [
  { event: /^s3:ObjectCreated:/, actions: ['s3:PutObject'] },
  { event: /^s3:ObjectRemoved:/, actions: ['s3:DeleteObject', 's3:DeleteObjectVersion'] },
];

/**
 * Finds consumers that may write to where they listen: what they write comes back to them as a message, for
 * ever, at the cost of every turn.
 *
 * Looked at is a bucket's way to a function or a worker (by a queue, a topic or straight), and a function's
 * to its own queue and to the topic before it. A subscription with a filter is taken to keep out what its
 * consumer publishes. What lies in another template is not seen.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-s3.html
 */
export const loopRule: MessagingRule = {
  name: 'NotificationLoop',
  requires: 'A consumer cannot write to where it listens: each message would cause the next.',
  remedy:
    'Let it write under another prefix, or to another bucket, queue or topic, and grant no more than that.',
  findings: template => {
    const permissions = new RolePermissions(template);
    const listeners = new Listeners(template, permissions);
    const echoes = [...echoesOfBuckets(template, listeners), ...echoesOfFunctions(template, listeners)];
    const findings = echoes.flatMap(({ roleId, action, resource }) =>
      permissions.letting(roleId, action, resource).map(({ policyId }) => ({
        logicalId: policyId,
        property: 'PolicyDocument',
        found: `one that lets ${roleId} do ${action} on ${resource}, of which it is told`,
      })),
    );
    return [
      ...new Map(findings.map((finding): [string, Finding] => [JSON.stringify(finding), finding])).values(),
    ];
  },
};

/** Who takes what is delivered. */
class Listeners {
  readonly #template: CloudFormationTemplate;
  readonly #permissions: RolePermissions;

  constructor(template: CloudFormationTemplate, permissions: RolePermissions) {
    this.#template = template;
    this.#permissions = permissions;
  }

  /** Roles that get what is delivered to a queue, topic or function. */
  rolesBehind(destination: unknown): readonly string[] {
    const id = referredId(destination) ?? '';
    switch (this.#template.Resources?.[id]?.Type) {
      case 'AWS::SQS::Queue': {
        const queueArn = arnOf(id, this.#template) ?? '';
        return this.#permissions.roleIds.filter(
          roleId => this.#permissions.letting(roleId, 'sqs:ReceiveMessage', queueArn).length > 0,
        );
      }
      case 'AWS::SNS::Topic':
        return this.subscriptionsTo(id).flatMap(({ Endpoint }) => this.rolesBehind(Endpoint));
      case 'AWS::Lambda::Function':
        return this.roleOfFunction(destination);
      default:
        return [];
    }
  }

  roleOfFunction(reference: unknown): readonly string[] {
    const role = this.#template.Resources?.[referredId(reference) ?? '']?.Properties?.Role;
    return [referredId(role)].filter(id => id !== undefined);
  }

  /** Subscriptions of a topic that take everything. */
  subscriptionsTo(topicId: string): readonly Partial<SubscriptionProperties>[] {
    return [...resourcesOfType<SubscriptionProperties>(this.#template, 'AWS::SNS::Subscription').values()]
      .map(({ properties }) => properties)
      .filter(({ TopicArn, FilterPolicy }) => referredId(TopicArn) === topicId && FilterPolicy === undefined);
  }
}

function echoesOfBuckets(template: CloudFormationTemplate, listeners: Listeners): Echo[] {
  return [...resourcesOfType<BucketProperties>(template, 'AWS::S3::Bucket').values()].flatMap(
    ({ id, properties }) =>
      Object.values(properties.NotificationConfiguration ?? {})
        .filter(Array.isArray)
        .flatMap((told: readonly NotificationSettings[]) => told)
        .flatMap(settings => {
          const resource = `${arnOf(id, template)}/${keysOf(settings, template)}`;
          const roles = listeners.rolesBehind(settings.Queue ?? settings.Topic ?? settings.Function);
          const actions = echoesOfEvents.flatMap(echo =>
            echo.event.test(String(settings.Event)) ? echo.actions : [],
          );
          return roles.flatMap(roleId => actions.map(action => ({ roleId, action, resource })));
        }),
  );
}

/** The keys that a filter lets through, as a pattern. */
function keysOf({ Filter }: NotificationSettings, template: CloudFormationTemplate): string {
  const rules = Filter?.S3Key?.Rules ?? [];
  const value = (name: string) =>
    textOf(rules.find(rule => rule.Name?.toLowerCase() === name)?.Value ?? '', template);
  return `${value('prefix')}*${value('suffix')}`;
}

/** A worker may well send to the queue that it takes from, to put something off; a function starts at once. */
function echoesOfFunctions(template: CloudFormationTemplate, listeners: Listeners): Echo[] {
  const mappings = [
    ...resourcesOfType<MappingProperties>(template, 'AWS::Lambda::EventSourceMapping').values(),
  ].map(({ properties }) => properties);
  const toOwnQueue = mappings.flatMap(({ EventSourceArn, FunctionName }) => {
    const resource = arnOf(referredId(EventSourceArn) ?? '', template);
    return resource === undefined
      ? []
      : listeners
          .roleOfFunction(FunctionName)
          .map(roleId => ({ roleId, action: 'sqs:SendMessage', resource }));
  });
  const toOwnTopic = [...resourcesOfType(template, 'AWS::SNS::Topic').keys()].flatMap(topicId => {
    const resource = arnOf(topicId, template) ?? '';
    const roles = listeners.subscriptionsTo(topicId).flatMap(({ Endpoint }) => {
      const isFunction = template.Resources?.[referredId(Endpoint) ?? '']?.Type === 'AWS::Lambda::Function';
      return isFunction
        ? listeners.roleOfFunction(Endpoint)
        : mappings
            .filter(({ EventSourceArn }) => referredId(EventSourceArn) === referredId(Endpoint))
            .flatMap(({ FunctionName }) => listeners.roleOfFunction(FunctionName));
    });
    return roles.map(roleId => ({ roleId, action: 'sns:Publish', resource }));
  });
  return [...toOwnQueue, ...toOwnTopic];
}
