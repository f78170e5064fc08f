import type { MessageStore, StoredSubscription, StoredTopic } from '../message-store.ts';
import { passesFilter } from './filter-policy.ts';
import type { HttpDelivery } from './http-delivery.ts';
import { functionEvent, type Notification, streamRecord } from './notification.ts';
import { DeliveryFailed, type QueueDelivery } from './queue-delivery.ts';
import { isPending } from './subscription-confirmations.ts';

/**
 * What became of a notification at one subscription: what could not be delivered is in its DLQ, could not be put
 * there either, or is lost for want of one.
 */
export interface DeliveryOutcome {
  readonly topicName: string;
  readonly topicArn: string;
  readonly subscriptionArn: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly messageId: string;
  readonly outcome: 'delivered' | 'filtered' | 'redriven' | 'unredriven' | 'lost';
  /** Why it was not delivered. */
  readonly reason?: string;
}

/** Invokes a subscribed function; rejects where it fails. */
export type FunctionInvoker = (functionArn: string, event: object) => Promise<void>;

/** Puts a record into a subscribed delivery stream; throws where it does not take it. */
export type RecordPutter = (streamArn: string, record: string) => void;

/** Hands each publication to every subscription whose filter lets it through. */
export class FanOut {
  readonly #topics: MessageStore['topics'];
  readonly #queues: QueueDelivery;
  readonly #http: HttpDelivery;
  /** Told of every notification before it is handed to anybody. */
  onPublished: (notification: Notification) => void = () => undefined;
  /** Told of every outcome. */
  onOutcome: (outcome: DeliveryOutcome) => void = () => undefined;
  /** How subscribed functions are invoked; until it is set, deliveries to them fail. */
  invokeFunction: FunctionInvoker = arn => Promise.reject(new DeliveryFailed(`${arn} does not run here.`));
  /** How records are put into subscribed delivery streams; until it is set, deliveries to them fail. */
  putRecord: RecordPutter = arn => {
    throw new DeliveryFailed(`${arn} does not run here.`);
  };
  readonly #underWay = new Set<Promise<void>>();

  constructor(topics: MessageStore['topics'], queues: QueueDelivery, http: HttpDelivery) {
    this.#topics = topics;
    this.#queues = queues;
    this.#http = http;
  }

  deliver(topic: StoredTopic, notification: Notification): void {
    this.onPublished(notification);
    for (const arn of topic.subscriptionArns) {
      const subscription = this.#topics.getSubscription(arn);
      if (subscription === undefined || isPending(subscription)) {
        continue;
      }
      if (passesFilter(subscription, notification)) {
        this.#hand(subscription, notification);
      } else {
        this.#report(subscription, notification, 'filtered');
      }
    }
  }

  /** Waits for deliveries that take their time. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }

  #hand(subscription: StoredSubscription, notification: Notification): void {
    if (subscription.protocol !== 'sqs') {
      const delivery = this.#handSlowly(subscription, notification).finally(() =>
        this.#underWay.delete(delivery),
      );
      this.#underWay.add(delivery);
      return;
    }
    // Queues are filled before the publisher has its answer, so that FIFO order is the order of publishing.
    try {
      this.#queues.deliver(subscription, notification);
      this.#report(subscription, notification, 'delivered');
    } catch (fault) {
      this.#giveUp(subscription, notification, fault);
    }
  }

  async #handSlowly(subscription: StoredSubscription, notification: Notification): Promise<void> {
    try {
      if (subscription.protocol === 'lambda') {
        await this.invokeFunction(subscription.endpoint, functionEvent(notification, subscription.arn));
      } else if (subscription.protocol === 'firehose') {
        this.putRecord(subscription.endpoint, streamRecord(notification, subscription));
      } else {
        await this.#http.notify(subscription, notification);
      }
      this.#report(subscription, notification, 'delivered');
    } catch (fault) {
      this.#giveUp(subscription, notification, fault);
    }
  }

  #giveUp(subscription: StoredSubscription, notification: Notification, fault: unknown): void {
    if (!(fault instanceof DeliveryFailed)) {
      throw fault;
    }
    const outcome = this.#queues.giveUp(subscription, notification, fault);
    this.#report(subscription, notification, outcome, fault.message);
  }

  #report(
    { arn, protocol, endpoint }: StoredSubscription,
    { topicName, topicArn, id }: Notification,
    outcome: DeliveryOutcome['outcome'],
    reason?: string,
  ): void {
    this.onOutcome({
      topicName,
      topicArn,
      subscriptionArn: arn,
      protocol,
      endpoint,
      messageId: id,
      outcome,
      ...(reason === undefined ? {} : { reason }),
    });
  }
}
