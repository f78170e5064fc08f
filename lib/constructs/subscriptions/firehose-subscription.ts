import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { EventSchemas } from '../../../contracts/events.ts';
import type { EventArchive } from '../event-archive.ts';
import type { MessageKey } from '../message-key.ts';
import type { SubscribableTopic, Subscribed } from './topic-subscription.ts';

export interface FirehoseSubscriptionProps<Schemas extends EventSchemas> {
  readonly topic: SubscribableTopic<Schemas>;

  /** What the archive keeps. */
  readonly selection: Subscribed<Schemas>;

  readonly archive: EventArchive;

  /** Key of the subscription's DLQ. */
  readonly key: MessageKey;
}

/**
 * Subscription of an archive to a topic. SNS puts records into the stream under a role of this subscription,
 * which may do that and nothing else.
 *
 * Not raw: the notification around an event keeps what the event does not say of itself, its id, when it was
 * published, and its message attributes.
 *
 * The role names no source for which SNS may assume it: SNS does not document that it sends one, and a
 * condition on what is not sent would send every event to the DLQ. Whoever subscribes with the role must be
 * allowed to pass it, which keeps other topics out.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/prereqs-kinesis-data-firehose.html
 */
export class FirehoseSubscription<Schemas extends EventSchemas> extends Construct {
  constructor(scope: Construct, id: string, props: FirehoseSubscriptionProps<Schemas>) {
    super(scope, id);
    const { topic, selection, archive, key } = props;
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('sns.amazonaws.com'),
      description: `Lets SNS put events into ${archive.node.path}`,
    });
    archive.grantPutRecords(role);
    key.admit('sns.amazonaws.com', { sourceArn: topic.topic.topicArn });
    topic.subscribe(this, selection, {
      protocol: sns.SubscriptionProtocol.FIREHOSE,
      endpoint: archive.streamArn,
      rawMessageDelivery: false,
      key,
      subscriptionRoleArn: role.roleArn,
      admission: role,
    });
  }
}
