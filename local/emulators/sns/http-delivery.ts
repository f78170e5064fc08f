import { setTimeout as pause } from 'node:timers/promises';
import type { StoredSubscription } from '../message-store.ts';
import { envelope, type Notification, textFor } from './notification.ts';
import { DeliveryFailed } from './queue-delivery.ts';

/** AWS tries for an hour or longer; here a listener that is down should show soon. */
const ATTEMPTS = 3;
const FIRST_PAUSE_MS = 100;
const TIMEOUT_MS = 15_000;

/**
 * Posts a notification to a subscribed address.
 *
 * @throws DeliveryFailed once no attempt succeeded; at once on an answer that says the request is wrong.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-http-https-endpoint-as-subscriber.html
 */
export async function postNotification(
  subscription: StoredSubscription,
  notification: Notification,
): Promise<void> {
  const isRaw = subscription.attributes.RawMessageDelivery === 'true';
  const body = isRaw
    ? textFor(notification, subscription.protocol)
    : JSON.stringify(envelope(notification, subscription.protocol, subscription.arn));
  const headers = {
    'content-type': 'text/plain; charset=UTF-8',
    'x-amz-sns-message-type': 'Notification',
    'x-amz-sns-message-id': notification.id,
    'x-amz-sns-topic-arn': notification.topicArn,
    'x-amz-sns-subscription-arn': subscription.arn,
    ...(isRaw ? { 'x-amz-sns-rawdelivery': 'true' } : {}),
  };
  let failure = '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    await pause(attempt === 0 ? 0 : FIRST_PAUSE_MS * 2 ** (attempt - 1));
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const answer = await fetch(subscription.endpoint, { method: 'POST', headers, body, signal });
      await answer.body?.cancel();
      if (answer.ok) {
        return;
      }
      failure = `${subscription.endpoint} answered ${answer.status}.`;
      if (answer.status < 500 && answer.status !== 429) {
        break;
      }
    } catch (fault) {
      failure = `${subscription.endpoint} could not be reached: ${String(fault)}`;
    }
  }
  throw new DeliveryFailed(failure);
}
