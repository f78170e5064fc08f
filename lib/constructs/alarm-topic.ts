import { ArnFormat, type RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct, type IDependable } from 'constructs';
import type { DeadLetterQueue } from './dead-letter-queue.ts';
import { type DeliverySource, deliveredFor } from './delivery-source.ts';
import { MessageKey } from './message-key.ts';
import { Incident } from './monitoring/incident.ts';
import { watchesAll } from './monitoring/monitoring-context.ts';
import { notEmptyAlarm } from './monitoring/queue-monitoring.ts';
import { endpointId } from './subscriptions/endpoint-id.ts';
import { HttpsSubscription } from './subscriptions/https-subscription.ts';
import { type SubscriptionTarget, subscribeTo } from './subscriptions/topic-subscription.ts';
import { requireTlsBeyondPublishing } from './topic-tls.ts';

export interface AlarmTopicProps {
  /**
   * Addresses that alarms are mailed to; each must confirm its subscription once.
   *
   * @default [] - nobody is mailed: subscribe to the topic by hand
   */
  readonly emails?: readonly string[];

  /**
   * HTTPS endpoints that alarms are posted to, in SNS's signed envelope; each must confirm its subscription, as
   * the endpoints of PagerDuty and Opsgenie do by themselves. What one does not take waits in a DLQ of its own,
   * whose alarm goes to the others.
   *
   * @default []
   */
  readonly webhooks?: readonly string[];

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
  /** Alarms that the topic is told of so far, by themselves or as signs of an incident. */
  readonly alarms: cloudwatch.AlarmBase[] = [];
  readonly #incidents = new Map<Construct, Incident>();
  readonly #key: MessageKey;

  constructor(scope: Construct, id: string, props: AlarmTopicProps = {}) {
    super(scope, id);
    const stack = Stack.of(this);
    this.#key = new MessageKey(this, 'Key', {
      description: `Encrypts the alarms of ${stack.stackName}`,
      ...(props.removalPolicy && { removalPolicy: props.removalPolicy }),
    });

    this.topic = new sns.Topic(this, 'Topic', {
      displayName: `Alarms of ${stack.stackName}`,
      masterKey: this.#key,
      enforceSSL: true,
    });
    requireTlsBeyondPublishing(this.topic);
    // CloudFormation names an alarm after its stack.
    this.#admit('AllowAlarms', 'cloudwatch.amazonaws.com', {
      sourceArn: stack.formatArn({
        service: 'cloudwatch',
        resource: 'alarm',
        resourceName: `${stack.stackName}-*`,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
      sourceAccount: stack.account,
    });
    for (const email of props.emails ?? []) this.#mailTo(email);
    for (const url of props.webhooks ?? []) this.#postTo(url);
  }

  /**
   * Admits the account's budgets to topic and key. AWS Budgets documents no narrower source than the account.
   *
   * @returns what a budget depends on.
   * @see https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
   */
  admitBudgets(): IDependable {
    const stack = Stack.of(this);
    return this.#admit('AllowBudgets', 'budgets.amazonaws.com', {
      sourceArn: stack.formatArn({
        service: 'budgets',
        region: '',
        resource: '*',
        arnFormat: ArnFormat.NO_RESOURCE_NAME,
      }),
      sourceAccount: stack.account,
    });
  }

  /** Subscribes whatever SNS delivers to; returns the DLQ of the subscription. */
  subscribe(subscriber: Construct, _: 'everything', target: SubscriptionTarget): DeadLetterQueue {
    return subscribeTo(this.topic, this.node.id, subscriber, 'everything', target).undelivered;
  }

  /** Tells the topic when the alarm goes off, and when it is over. */
  notifyOf(...alarms: cloudwatch.AlarmBase[]): void {
    this.alarms.push(...alarms);
    for (const alarm of alarms) {
      alarm.addAlarmAction(new SnsAction(this.topic));
      alarm.addOkAction(new SnsAction(this.topic));
    }
  }

  /**
   * Tells the topic of the first of several alarms that are signs of one fault, and when the last is over. Where
   * the stage wants the essential alarms only, each tells by itself.
   *
   * @param subject what they are signs of, together with those that were given for it before.
   */
  notifyOfSigns(subject: Construct, ...alarms: cloudwatch.AlarmBase[]): void {
    if (!watchesAll(this)) {
      this.notifyOf(...alarms);
      return;
    }
    this.alarms.push(...alarms);
    this.#incidentOf(subject).addSigns(...alarms);
  }

  /** Tells the topic of what a fault left behind, unless there are signs of it and it was told of those. */
  notifyOfRemains(subject: Construct, ...alarms: cloudwatch.AlarmBase[]): void {
    if (!watchesAll(this)) {
      this.notifyOf(...alarms);
      return;
    }
    this.alarms.push(...alarms);
    const remains = this.#incidentOf(subject).addRemains(...alarms);
    if (!this.alarms.includes(remains)) this.notifyOf(remains);
  }

  #incidentOf(subject: Construct): Incident {
    const known = this.#incidents.get(subject);
    if (known) return known;
    const incident = new Incident(subject.node.scope ?? this, `${subject.node.id}Incident`);
    this.#incidents.set(subject, incident);
    this.notifyOf(incident.unhealthy);
    return incident;
  }

  #admit(sid: string, service: string, source: DeliverySource): IDependable {
    this.#key.admit(service, source);
    const { policyDependable } = this.topic.addToResourcePolicy(
      new iam.PolicyStatement({
        sid,
        actions: ['sns:Publish'],
        principals: [new iam.ServicePrincipal(service)],
        resources: [this.topic.topicArn],
        conditions: deliveredFor(source),
      }),
    );
    if (!policyDependable)
      throw new Error(`${this.node.path}: the topic's policy is not this stack's to write`);
    return policyDependable;
  }

  #mailTo(email: string): void {
    Validations.of(this.topic.addSubscription(new EmailSubscription(email))).acknowledge({
      id: 'Serverless::Serverless-SNSRedrivePolicy',
      reason: 'An alarm about mails that cannot be sent would be a mail: CloudWatch keeps what alarms did',
    });
  }

  #postTo(url: string): void {
    const webhook = new HttpsSubscription(this, endpointId('Webhook', url), {
      topic: this,
      selection: 'everything',
      url,
      // What SNS sends when nobody says otherwise, and so what receivers are made for that know its alarms.
      contentType: 'text/plain',
    });
    this.notifyOf(
      notEmptyAlarm(webhook, 'Undelivered', webhook.undelivered, {
        means: 'Alarms could not be posted to their webhook: it is down, or does not want them any more.',
        breaks: 'Whom it calls has not heard of them. They wait in the DLQ for 14 days.',
        runbook: 'alarmsUndelivered',
      }),
    );
  }
}
