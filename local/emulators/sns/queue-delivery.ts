import { randomUUID } from 'node:crypto';
import type { Fauxqs } from '../fauxqs.ts';
import type { MessageAttribute, StoredSubscription } from '../message-store.ts';
import { envelope, type Notification, textFor } from './notification.ts';

/** A subscriber could not be given a message. */
export class DeliveryFailed extends Error {
  override readonly name = 'DeliveryFailed';
}

/** More attributes than SQS takes; SNS drops such a message as a fault of the subscription. */
const MAX_RAW_ATTRIBUTES = 10;

/** Puts notifications into queues. */
export class QueueDelivery {
  readonly #fauxqs: Fauxqs;

  constructor(fauxqs: Fauxqs) {
    this.#fauxqs = fauxqs;
  }

  /** @throws DeliveryFailed where there is no such queue, or it cannot hold the message. */
  deliver(subscription: StoredSubscription, notification: Notification): void {
    const { body, attributes } = contentFor(subscription, notification);
    if (Object.keys(attributes).length > MAX_RAW_ATTRIBUTES) {
      throw new DeliveryFailed(`More than ${MAX_RAW_ATTRIBUTES} message attributes with raw delivery.`);
    }
    this.#enqueue(subscription.endpoint, body, attributes, notification);
  }

  /**
   * Puts what could not be delivered into the subscription's dead-letter queue.
   *
   * @returns whether it took it, refused it, or is not there at all
   */
  giveUp(
    subscription: StoredSubscription,
    notification: Notification,
    failure: DeliveryFailed,
  ): 'redriven' | 'unredriven' | 'lost' {
    const policy = subscription.attributes.RedrivePolicy;
    const target = policy ? (JSON.parse(policy) as { deadLetterTargetArn?: string }) : {};
    if (target.deadLetterTargetArn === undefined) {
      return 'lost';
    }
    const { body, attributes } = contentFor(subscription, notification);
    const text = (value: string): MessageAttribute => ({ DataType: 'String', StringValue: value });
    try {
      this.#enqueue(
        target.deadLetterTargetArn,
        body,
        {
          ...attributes,
          RequestID: text(randomUUID()),
          ErrorCode: text('400'),
          ErrorMessage: text(failure.message),
        },
        notification,
      );
      return 'redriven';
    } catch (fault) {
      if (fault instanceof DeliveryFailed) {
        return 'unredriven';
      }
      throw fault;
    }
  }

  #enqueue(
    arn: string,
    body: string,
    attributes: Readonly<Record<string, MessageAttribute>>,
    notification: Notification,
  ): void {
    const queue = this.#fauxqs.queues.getQueueByArn(arn);
    if (queue === undefined) {
      throw new DeliveryFailed(`The queue ${arn} does not exist.`);
    }
    if (Buffer.byteLength(body) > Number(queue.attributes.MaximumMessageSize)) {
      throw new DeliveryFailed(`The message is larger than ${arn} allows.`);
    }
    const { topicArn, deduplicationId } = notification;
    // From a FIFO topic, SNS passes the group on to FIFO queues only; from a standard topic, for fairness.
    const groupId = queue.isFifo() || !topicArn.endsWith('.fifo') ? notification.groupId : undefined;
    const delay = Number(queue.attributes.DelaySeconds) || undefined;
    const message = this.#fauxqs.createMessage(body, attributes, delay, groupId, deduplicationId);
    if (queue.isFifo() && deduplicationId !== undefined) {
      if (queue.checkDeduplication(deduplicationId).isDuplicate) {
        return;
      }
      message.sequenceNumber = queue.nextSequenceNumber();
      queue.recordDeduplication(deduplicationId, message.messageId, message.sequenceNumber);
    }
    queue.enqueue(message);
  }
}

function contentFor(
  subscription: StoredSubscription,
  notification: Notification,
): { body: string; attributes: Readonly<Record<string, MessageAttribute>> } {
  return subscription.attributes.RawMessageDelivery === 'true'
    ? { body: textFor(notification, subscription.protocol), attributes: notification.attributes }
    : {
        body: JSON.stringify(envelope(notification, subscription.protocol, subscription.arn)),
        attributes: {},
      };
}
