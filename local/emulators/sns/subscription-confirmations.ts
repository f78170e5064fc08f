import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { AwsError } from '../aws-error.ts';
import type { FauxqsTopicStore } from '../fauxqs.ts';
import type { StoredSubscription } from '../message-store.ts';
import { escapeXml, type WireAction } from '../wire-protocol.ts';
import type { HttpDelivery } from './http-delivery.ts';

/** A listener of the same template may come up after the subscription is made. */
const ATTEMPTS = 300;
const PAUSE_MS = 100;

/**
 * Asks HTTP(S) endpoints whether they want what they are subscribed to, and tells them when they no longer are.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-http-https-endpoint-as-subscriber.html
 */
export class SubscriptionConfirmations {
  readonly #topics: FauxqsTopicStore;
  readonly #http: HttpDelivery;
  readonly #tokens = new Map<string, StoredSubscription>();
  readonly #stopping = new AbortController();
  readonly #subscribe: FauxqsTopicStore['subscribe'];

  /** Sees to the subscriptions that are made in a store from now on. */
  constructor(topics: FauxqsTopicStore, http: HttpDelivery) {
    this.#topics = topics;
    this.#http = http;
    this.#subscribe = topics.subscribe.bind(topics);
    topics.subscribe = (topicArn, protocol, endpoint, attributes) => {
      const subscription = this.#subscribe(topicArn, protocol, endpoint, attributes);
      if (subscription !== undefined && isPending(subscription)) {
        void this.#ask(subscription);
      }
      return subscription;
    };
    const unsubscribe = topics.unsubscribe.bind(topics);
    topics.unsubscribe = arn => {
      const subscription = topics.getSubscription(arn);
      if (subscription?.confirmed && isHttp(subscription.protocol)) {
        void this.#http.tell(subscription, 'UnsubscribeConfirmation', this.#tokenFor(subscription));
      }
      return unsubscribe(arn);
    };
  }

  /** Follows the link that the endpoint was sent. */
  readonly confirm: WireAction = ({ parameters }) => {
    const subscription = this.#tokens.get(String(parameters.Token));
    if (subscription === undefined || subscription.topicArn !== parameters.TopicArn) {
      throw new AwsError('InvalidParameter', 'Invalid parameter: Token');
    }
    const { topicArn, protocol, endpoint, attributes, arn } = subscription;
    // One that was unsubscribed meanwhile is subscribed anew.
    const current =
      this.#topics.getSubscription(arn) ??
      this.#subscribe(topicArn, protocol, endpoint, { ...attributes }) ??
      subscription;
    current.confirmed = true;
    return `<SubscriptionArn>${escapeXml(current.arn)}</SubscriptionArn>`;
  };

  stop(): void {
    this.#stopping.abort();
  }

  async #ask(subscription: StoredSubscription): Promise<void> {
    const { signal } = this.#stopping;
    const token = this.#tokenFor(subscription);
    for (let attempt = 0; attempt < ATTEMPTS && !signal.aborted && !subscription.confirmed; attempt += 1) {
      if (await this.#http.tell(subscription, 'SubscriptionConfirmation', token)) {
        return;
      }
      await pause(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  #tokenFor(subscription: StoredSubscription): string {
    const token = randomBytes(64).toString('hex');
    this.#tokens.set(token, subscription);
    return token;
  }
}

/** Whether an endpoint has yet to say that it wants what it is subscribed to: until then it gets nothing. */
export function isPending({ protocol, confirmed }: StoredSubscription): boolean {
  return isHttp(protocol) && !confirmed;
}

function isHttp(protocol: string): boolean {
  return protocol === 'http' || protocol === 'https';
}
