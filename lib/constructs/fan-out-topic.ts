import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { CfnQueuePolicy } from 'aws-cdk-lib/aws-sqs';
import { Construct, DependencyGroup, type IDependable } from 'constructs';
import type { EventFamily, EventSchemas } from '../../contracts/events.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { type DeliverySource, deliveredFor } from './delivery-source.ts';
import type { DurableQueue } from './durable-queue.ts';
import type { MessageKey } from './message-key.ts';
import {
  type FanOutOptions,
  queueTarget,
  type Subscribed,
  type SubscriptionTarget,
  subscribeTo,
} from './subscriptions/topic-subscription.ts';
import { requireTlsBeyondPublishing } from './topic-tls.ts';
import { validateProps, within } from './validation.ts';

export interface FanOutTopicProps<Schemas extends EventSchemas> {
  /**
   * The events that the topic carries: subscriptions can ask for these and no others.
   *
   * @default - what others send, which carries no type to select by: subscriptions get everything
   */
  readonly events?: EventFamily<Schemas>;

  /** Customer-managed key of the topic; the queues behind it have another. */
  readonly key: MessageKey;

  /**
   * Whether the topic is FIFO: it brings the events of a message group to FIFO queues in the order in which they
   * were published, and leaves out, for five minutes, those of a group that it has had.
   *
   * @default false - a standard topic
   * @see https://docs.aws.amazon.com/sns/latest/dg/sns-fifo-topics.html
   */
  readonly fifo?: boolean;

  /**
   * What people who subscribe by e-mail or SMS see the messages come from, up to 100 characters; an SMS begins
   * with the first ten. SMS needs one.
   *
   * @default - none
   */
  readonly displayName?: string;

  /**
   * Name of the topic, for one that stacks of other accounts or regions know by it.
   *
   * @default - CloudFormation makes one up
   */
  readonly topicName?: string;
}

/** Longest display name that SNS takes. */
const maxDisplayNameLength = 100;

/** What makes a topic FIFO, with order and deduplication by message group as its queues have them. */
const fifoByGroup = {
  fifo: true,
  // The id of an event that has none is the SHA-256 of its body.
  contentBasedDeduplication: true,
  fifoThroughputScope: sns.FifoThroughputScope.MESSAGE_GROUP,
} satisfies sns.TopicProps;

/** No events of ours: what a topic of an AWS service carries. */
type NoEvents = Readonly<Record<never, EventSchemas[string]>>;

/**
 * Topic that copies each event to the queues that asked for its type. It is encrypted and closed to
 * requests without TLS; what SNS cannot deliver to a queue waits in a DLQ of that subscription.
 *
 * @throws PropsError when a prop is out of the range that SNS allows.
 */
export class FanOutTopic<Schemas extends EventSchemas = NoEvents> extends Construct {
  readonly topic: sns.Topic;
  /** DLQs of the subscriptions made so far. */
  readonly undelivered: DeadLetterQueue[] = [];
  /** What people see its messages come from. */
  readonly displayName: string | undefined;
  readonly #key: MessageKey;
  #isFiltered = false;
  /** What must be there before anything is published, so that it reaches every subscriber. */
  readonly #delivery = new DependencyGroup();

  constructor(scope: Construct, id: string, props: FanOutTopicProps<Schemas>) {
    const { displayName } = props;
    validateProps(scope, id, [
      {
        prop: 'displayName',
        value: displayName,
        holds: displayName === undefined || within(displayName.length, 1, maxDisplayNameLength),
        allowed: `1 to ${maxDisplayNameLength} characters`,
        remedy: 'Leave it out where nobody subscribes by e-mail or SMS.',
      },
    ]);
    super(scope, id);
    this.displayName = displayName;
    this.#key = props.key;
    this.topic = new sns.Topic(this, 'Topic', {
      ...(props.fifo && fifoByGroup),
      ...(displayName !== undefined && { displayName }),
      ...(props.topicName !== undefined && { topicName: props.topicName }),
      masterKey: props.key,
      enforceSSL: true,
      // Signs what it delivers over SHA-256; SNS's own default is SHA-1.
      signatureVersion: '2',
    });
    requireTlsBeyondPublishing(this.topic);
  }

  /** Whether a subscription made so far selects by type: what is published without one passes it by. */
  get isFiltered(): boolean {
    return this.#isFiltered;
  }

  /**
   * Subscribes a queue to the events of a selection, or to whatever is published. SNS may send to the
   * queue, and use its key, for this topic alone.
   *
   * @returns the DLQ of the subscription.
   * @throws PropsError when one of topic and queue is FIFO and the other is not.
   */
  fanOutTo(
    queue: DurableQueue,
    selection: Subscribed<Schemas>,
    options: FanOutOptions = {},
  ): DeadLetterQueue {
    this.#mustBeLike(queue);
    return this.subscribe(queue, selection, queueTarget(queue, this.topic.topicArn, options));
  }

  /**
   * Subscribes whatever SNS delivers to. What each kind of subscriber needs beside its subscription, a
   * permission, a role, stands in a construct of its own under subscriptions/.
   *
   * @param subscriber construct under which the subscription and its DLQ are made.
   * @returns the DLQ of the subscription.
   */
  subscribe(
    subscriber: Construct,
    selection: Subscribed<Schemas>,
    target: SubscriptionTarget,
  ): DeadLetterQueue {
    const { subscription, undelivered } = subscribeTo(
      this.topic,
      this.node.id,
      subscriber,
      selection,
      target,
    );
    this.undelivered.push(undelivered);
    this.#isFiltered ||= selection !== 'everything';
    this.#delivery.add(subscription);
    return undelivered;
  }

  /**
   * Makes the DLQ of a subscription that a stack of another region makes: it must be where the topic is. SNS may
   * send to it, and use its key, for this topic alone.
   */
  keepUndelivered(id: string, key: MessageKey): DeadLetterQueue {
    const sns = 'sns.amazonaws.com';
    const source: DeliverySource = { sourceArn: this.topic.topicArn };
    const undelivered = new DeadLetterQueue(this, id, { key, fifo: this.topic.fifo });
    key.admit(sns, source);
    undelivered.addToResourcePolicy(
      new iam.PolicyStatement({
        actions: ['sqs:SendMessage'],
        principals: [new iam.ServicePrincipal(sns)],
        resources: [undelivered.queueArn],
        conditions: deliveredFor(source),
      }),
    );
    // For the rules that every DLQ must keep: nothing else in this template says that it is one.
    const policy = undelivered.node.findChild('Policy').node.defaultChild as CfnQueuePolicy;
    policy.addMetadata('messaging:subscription', {
      RedrivePolicy: { deadLetterTargetArn: undelivered.queueArn },
    });
    this.undelivered.push(undelivered);
    return undelivered;
  }

  /** A FIFO topic also delivers to a standard queue, where nothing is left of the order that it costs. */
  #mustBeLike({ queue }: DurableQueue): void {
    const kind = (fifo: boolean) => (fifo ? 'FIFO' : 'standard');
    validateProps(this, queue.node.path, [
      {
        prop: 'queue',
        value: kind(queue.fifo),
        holds: queue.fifo === this.topic.fifo,
        allowed: `a ${kind(this.topic.fifo)} queue, as the topic is`,
        remedy: 'Set fifo on both or on neither.',
      },
    ]);
  }

  /**
   * Lets a service publish to the topic, and use its key, for one source.
   *
   * @returns what a publication depends on, subscriptions among it: what is published before a queue is
   * subscribed never reaches it.
   */
  admit(servicePrincipal: string, source: DeliverySource): IDependable {
    this.#key.admit(servicePrincipal, source);
    const { policyDependable } = this.topic.addToResourcePolicy(
      new iam.PolicyStatement({
        actions: ['sns:Publish'],
        principals: [new iam.ServicePrincipal(servicePrincipal)],
        resources: [this.topic.topicArn],
        conditions: deliveredFor(source),
      }),
    );
    if (!policyDependable)
      throw new Error(`${this.node.path}: the topic's policy is not this stack's to write`);
    this.#delivery.add(policyDependable);
    return this.#delivery;
  }

  /** Lets a principal publish to the topic and encrypt what it publishes. */
  grantPublish(grantee: iam.IGrantable): void {
    iam.Grant.addToPrincipal({ grantee, actions: ['sns:Publish'], resourceArns: [this.topic.topicArn] });
    this.#key.grant(grantee, 'kms:Decrypt', 'kms:GenerateDataKey');
  }
}
