import { ArnFormat, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { type DeliverySource, deliveredFor } from './delivery-source.ts';
import { MessageKey } from './message-key.ts';
import { requireTlsBeyondPublishing } from './topic-tls.ts';

export interface AlarmTopicProps {
  /**
   * Address that alarms are mailed to; it must confirm the subscription once.
   *
   * @default - nobody is told: subscribe to the topic by hand
   */
  readonly email?: string | undefined;

  /** @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * Topic that brings alarms to a person. Topic and key admit CloudWatch for this stack's alarms only:
 * without the key's grant, CloudWatch drops the notification without a trace.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
 */
export class AlarmTopic extends Construct {
  readonly topic: sns.Topic;
  /** Alarms that the topic is told of so far. */
  readonly alarms: cloudwatch.AlarmBase[] = [];

  constructor(scope: Construct, id: string, props: AlarmTopicProps = {}) {
    super(scope, id);
    const stack = Stack.of(this);
    const cloudWatch = 'cloudwatch.amazonaws.com';
    // CloudFormation names an alarm after its stack.
    const alarms: DeliverySource = {
      sourceArn: stack.formatArn({
        service: 'cloudwatch',
        resource: 'alarm',
        resourceName: `${stack.stackName}-*`,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
      sourceAccount: stack.account,
    };
    const key = new MessageKey(this, 'Key', {
      description: `Encrypts the alarms of ${stack.stackName}`,
      ...(props.removalPolicy && { removalPolicy: props.removalPolicy }),
    });
    key.admit(cloudWatch, alarms);

    this.topic = new sns.Topic(this, 'Topic', {
      displayName: `Alarms of ${stack.stackName}`,
      masterKey: key,
      enforceSSL: true,
    });
    requireTlsBeyondPublishing(this.topic);
    this.topic.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'AllowAlarms',
        actions: ['sns:Publish'],
        principals: [new iam.ServicePrincipal(cloudWatch)],
        resources: [this.topic.topicArn],
        conditions: deliveredFor(alarms),
      }),
    );
    if (props.email) this.topic.addSubscription(new EmailSubscription(props.email));
  }

  /** Tells the topic when the alarm goes off, and when it is over. */
  notifyOf(...alarms: cloudwatch.AlarmBase[]): void {
    this.alarms.push(...alarms);
    for (const alarm of alarms) {
      alarm.addAlarmAction(new SnsAction(this.topic));
      alarm.addOkAction(new SnsAction(this.topic));
    }
  }
}
