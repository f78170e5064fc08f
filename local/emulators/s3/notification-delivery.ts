import { randomUUID } from 'node:crypto';
import type { Fauxqs } from '../fauxqs.ts';
import type { FanOut } from '../sns/fan-out.ts';
import type { NotificationTargets } from './bucket-notifications.ts';
import type { NotificationRule } from './notification-configuration.ts';

/** Puts notifications into queues, onto topics, and hands them to functions. */
export class NotificationDelivery implements NotificationTargets {
  readonly #fauxqs: Pick<Fauxqs, 'queues' | 'topics' | 'createMessage'>;
  readonly #fanOut: Pick<FanOut, 'deliver' | 'invokeFunction'>;

  constructor(
    fauxqs: Pick<Fauxqs, 'queues' | 'topics' | 'createMessage'>,
    fanOut: Pick<FanOut, 'deliver' | 'invokeFunction'>,
  ) {
    this.#fauxqs = fauxqs;
    this.#fanOut = fanOut;
  }

  exists({ kind, destinationArn }: NotificationRule): boolean {
    const { queues, topics } = this.#fauxqs;
    return kind === 'queue'
      ? queues.getQueueByArn(destinationArn)?.isFifo() === false
      : topics.getTopic(destinationArn) !== undefined;
  }

  deliver({ kind, destinationArn }: NotificationRule, notification: object): void {
    const { queues, topics, createMessage } = this.#fauxqs;
    const message = JSON.stringify(notification);
    if (kind === 'function') {
      // S3 hears no more of it once Lambda has taken it; a function that is gone is told nothing.
      this.#fanOut.invokeFunction(destinationArn, notification).catch(() => undefined);
      return;
    }
    if (kind === 'queue') {
      const queue = queues.getQueueByArn(destinationArn);
      const delay = Number(queue?.attributes.DelaySeconds) || undefined;
      queue?.enqueue(createMessage(message, {}, delay, undefined, undefined));
      return;
    }
    const topic = topics.getTopic(destinationArn);
    if (topic !== undefined) {
      this.#fanOut.deliver(topic, {
        id: randomUUID(),
        topicArn: topic.arn,
        topicName: topic.name,
        publishedAt: new Date(),
        message,
        subject: 'Amazon S3 Notification',
        attributes: {},
        structure: undefined,
        groupId: undefined,
        deduplicationId: undefined,
      });
    }
  }
}
