import { DependencyDownError, errorFrom } from '../shared/failures.ts';
import { UntrustedMessageError } from '../shared/signing-certificates.ts';

export interface SubscriptionLinkOptions {
  /** The one origin whose links are followed, `https://sns.eu-west-1.amazonaws.com`. */
  readonly origin: string;
  /** @default 5000 */
  readonly timeoutMs?: number;
}

/** Follows the links by which SNS has subscriptions confirmed, and no others: a link leads wherever its author likes. */
export class SubscriptionLink {
  readonly #origin: string;
  readonly #timeoutMs: number;

  constructor({ origin, timeoutMs = 5_000 }: SubscriptionLinkOptions) {
    this.#origin = new URL(origin).origin;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Confirms a subscription to a topic.
   *
   * @throws UntrustedMessageError when the link does not lead to SNS, or confirms something else.
   * @throws DependencyDownError when SNS does not confirm.
   */
  async confirm(link: string, topicArn: string): Promise<void> {
    const { origin, pathname, searchParams, username, password } = new URL(link);
    const isConfirmation =
      origin === this.#origin &&
      pathname === '/' &&
      username + password === '' &&
      searchParams.get('Action') === 'ConfirmSubscription' &&
      searchParams.get('TopicArn') === topicArn;
    if (!isConfirmation) {
      throw new UntrustedMessageError(
        `The link to confirm with is ${link.slice(0, 300)}; expected is one of ${this.#origin} for ${topicArn}.`,
      );
    }
    try {
      const answer = await fetch(link, { redirect: 'error', signal: AbortSignal.timeout(this.#timeoutMs) });
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`HTTP status ${answer.status}`);
    } catch (thrown) {
      const error = errorFrom(thrown);
      throw new DependencyDownError(
        `SNS did not confirm the subscription: ${error.message}. It is safe to try again.`,
        { cause: error },
      );
    }
  }
}
