import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { StoredSubscription, TopicStore } from '../message-store.ts';
import { deliveryPolicyOf } from './delivery-policy.ts';
import type { MessageSigner } from './message-signer.ts';
import { envelope, type Notification, textFor } from './notification.ts';
import { DeliveryFailed } from './queue-delivery.ts';

const TIMEOUT_MS = 15_000;

/** What a subscriber is told beside notifications. */
export type ConfirmationType = 'SubscriptionConfirmation' | 'UnsubscribeConfirmation';

export interface HttpDeliveryOptions {
  readonly topics: Pick<TopicStore, 'getTopic'>;
  readonly signer: MessageSigner;
  /** Where the AWS endpoint listens, once it does. */
  readonly endpoint: () => string;
}

/**
 * Posts to subscribed addresses, in signed envelopes.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-http-https-endpoint-as-subscriber.html
 */
export class HttpDelivery {
  readonly #options: HttpDeliveryOptions;

  constructor(options: HttpDeliveryOptions) {
    this.#options = options;
  }

  /**
   * Posts a notification, as often as the delivery policy says.
   *
   * @throws DeliveryFailed once no attempt succeeded; at once on an answer that says the request is wrong.
   */
  async notify(subscription: StoredSubscription, notification: Notification): Promise<void> {
    const { attributes, protocol, arn } = subscription;
    const isRaw = attributes.RawMessageDelivery === 'true';
    const body = isRaw
      ? textFor(notification, protocol)
      : this.#signed(subscription, {
          ...envelope(notification, protocol, arn),
          UnsubscribeURL: this.#url({ Action: 'Unsubscribe', SubscriptionArn: arn }),
        });
    const topic = this.#options.topics.getTopic(subscription.topicArn);
    const { contentType, pausesMs } = deliveryPolicyOf(
      attributes.DeliveryPolicy,
      topic?.attributes.DeliveryPolicy,
    );
    const headers = {
      ...headersOf(subscription, 'Notification', notification.id),
      'content-type': contentType,
      'x-amz-sns-subscription-arn': arn,
      ...(isRaw ? { 'x-amz-sns-rawdelivery': 'true' } : {}),
    };
    let failure = '';
    for (const pauseMs of [0, ...pausesMs]) {
      await pause(pauseMs);
      const attempt = await post(subscription.endpoint, headers, body);
      if (attempt.outcome === 'taken') {
        return;
      }
      ({ failure } = attempt);
      if (attempt.outcome === 'refused') {
        break;
      }
    }
    throw new DeliveryFailed(failure);
  }

  /** Tells an address, once, that it is to be subscribed, or was unsubscribed; tells whether it took it. */
  async tell(subscription: StoredSubscription, type: ConfirmationType, token: string): Promise<boolean> {
    const { topicArn, endpoint } = subscription;
    const id = randomUUID();
    const what =
      type === 'SubscriptionConfirmation'
        ? 'You have chosen to subscribe to the topic'
        : 'You have chosen to deactivate the subscription to the topic';
    const body = this.#signed(subscription, {
      Type: type,
      MessageId: id,
      Token: token,
      TopicArn: topicArn,
      Message: `${what} ${topicArn}.\nTo ${type === 'SubscriptionConfirmation' ? 'confirm the' : 'have it again,'} subscription, visit the SubscribeURL included in this message.`,
      SubscribeURL: this.#url({ Action: 'ConfirmSubscription', TopicArn: topicArn, Token: token }),
      Timestamp: new Date().toISOString(),
    });
    const headers = { ...headersOf(subscription, type, id), 'content-type': 'text/plain; charset=UTF-8' };
    return (await post(endpoint, headers, body)).outcome === 'taken';
  }

  /** The JSON of an envelope with its signature, in the version that the topic has. */
  #signed({ topicArn }: StoredSubscription, content: object): string {
    const { topics, signer, endpoint } = this.#options;
    const version = topics.getTopic(topicArn)?.attributes.SignatureVersion ?? '1';
    const { Signature: _, ...unsigned } = content as Readonly<Record<string, unknown>>;
    return JSON.stringify({
      ...unsigned,
      SignatureVersion: version,
      Signature: signer.signatureOf(unsigned, version),
      SigningCertURL: `${endpoint()}${signer.certificatePath}`,
    });
  }

  #url(parameters: Readonly<Record<string, string>>): string {
    return `${this.#options.endpoint()}/?${new URLSearchParams(parameters)}`;
  }
}

function headersOf({ topicArn }: StoredSubscription, type: string, id: string): Record<string, string> {
  return {
    'user-agent': 'Amazon Simple Notification Service Agent',
    'x-amz-sns-message-type': type,
    'x-amz-sns-message-id': id,
    'x-amz-sns-topic-arn': topicArn,
  };
}

type Attempt =
  | { readonly outcome: 'taken' }
  /** `refused`: trying again changes nothing. */
  | { readonly outcome: 'failed' | 'refused'; readonly failure: string };

async function post(
  endpoint: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<Attempt> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await fetch(endpoint, { method: 'POST', headers, body, signal, redirect: 'manual' });
    await answer.body?.cancel();
    if (answer.ok) {
      return { outcome: 'taken' };
    }
    const isRefused = answer.status >= 400 && answer.status < 500 && answer.status !== 429;
    return {
      outcome: isRefused ? 'refused' : 'failed',
      failure: `${endpoint} answered ${answer.status}.`,
    };
  } catch (fault) {
    return { outcome: 'failed', failure: `${endpoint} could not be reached: ${String(fault)}` };
  }
}
