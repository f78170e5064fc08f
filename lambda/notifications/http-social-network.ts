import {
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  circuitBreaker,
  DelegateBackoff,
  handleType,
  handleWhen,
  isBrokenCircuitError,
  retry,
} from 'cockatiel';
import * as v from 'valibot';
import type { SocialAccount } from '../../contracts/notifications.ts';
import { errorFrom, OutOfTimeError, PassingFailure, PermanentFailure } from '../shared/failures.ts';
import type { Delivery } from '../shared/queue-consumer.ts';
import type { SecretContent } from '../shared/secret-content.ts';
import type { Share } from './domain/share.ts';
import { retryAfterMs } from './retry-after.ts';
import type { SocialNetwork } from './social-network.ts';

/** The network does not answer, or answers that it cannot now. */
export class NetworkDownError extends PassingFailure {
  override readonly name = 'NetworkDownError';
  /** How long it asks to be left alone. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: { readonly cause?: unknown; readonly retryAfterMs?: number } = {}) {
    super(message, { cause: options.cause });
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The network failed again and again, and is not asked for a while. */
export class NetworkLeftAloneError extends PassingFailure {
  override readonly name = 'NetworkLeftAloneError';
}

/** The network refuses the post, or this account. */
export class ShareRefusedError extends PermanentFailure {
  override readonly name = 'ShareRefusedError';
}

export interface HttpSocialNetworkOptions {
  /** URL and token, which can change while the function lives. */
  readonly account: Pick<SecretContent<SocialAccount>, 'read' | 'readAnew'>;

  /** How long to wait for an answer. @default 3000 */
  readonly timeoutMs?: number;

  /** How often to try again at once, before the message goes back to its queue. @default 3 */
  readonly retries?: number;

  /** Longest pause before the first try after a failure; it doubles with each. @default 200 */
  readonly firstPauseMs?: number;

  /** After how many failures in a row the network is left alone. @default 5 */
  readonly failuresInARow?: number;

  /** For how long. @default 30000 */
  readonly breakMs?: number;
}

/** Refusals that a later try may not meet: a timeout, a conflict with a try under way, too early, too many. */
const passingRefusals = new Set([408, 409, 425, 429]);

const unauthorized = 401;

/** Time that stays for recording what the network answered. */
const reserveMs = 2_000;

const longestPauseMs = 2_000;

const shareAnswer = v.object({ id: v.pipe(v.string(), v.minLength(1)) });

/**
 * Social network over HTTP: posts are posted as JSON with the account's token, and an `Idempotency-Key` of the
 * post's id, under which the network shares a post once.
 *
 * 2xx is done and 4xx final, except where waiting helps; that, 5xx, no connection and no answer in time are
 * tried again after growing, random pauses, or the one that the network asks for (`Retry-After`), as long as the
 * invocation has time. After failures in a row nobody is asked for a while, so that a network that is down costs
 * no time, and is not kept down: then one try decides for all. The breaker is each execution environment's own.
 *
 * @see https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 */
export class HttpSocialNetwork implements SocialNetwork {
  readonly #account: HttpSocialNetworkOptions['account'];
  readonly #timeoutMs: number;
  readonly #retries: number;
  readonly #firstPauseMs: number;
  readonly #breaker: CircuitBreakerPolicy;

  constructor(options: HttpSocialNetworkOptions) {
    this.#account = options.account;
    this.#timeoutMs = options.timeoutMs ?? 3_000;
    this.#retries = options.retries ?? 3;
    this.#firstPauseMs = options.firstPauseMs ?? 200;
    this.#breaker = circuitBreaker(handleType(NetworkDownError), {
      breaker: new ConsecutiveBreaker(options.failuresInARow ?? 5),
      halfOpenAfter: options.breakMs ?? 30_000,
    });
  }

  async share(
    share: Share,
    { remainingTimeInMs }: Pick<Delivery, 'remainingTimeInMs'>,
  ): Promise<{ readonly share_id: string | undefined }> {
    const timeLeft = () => remainingTimeInMs() - reserveMs;
    let tried = 0;
    let pauseMs = 0;
    const isWorthWaiting = (error: Error): boolean => {
      if (!(error instanceof NetworkDownError)) return false;
      pauseMs = error.retryAfterMs ?? this.#pauseAfter(tried++);
      return pauseMs < timeLeft();
    };
    const tries = retry(handleWhen(isWorthWaiting), {
      maxAttempts: this.#retries,
      backoff: new DelegateBackoff(() => pauseMs),
    });
    try {
      return await tries.execute(() => this.#post(share, timeLeft));
    } catch (error) {
      if (!isBrokenCircuitError(error)) throw error;
      throw new NetworkLeftAloneError(
        `The social network failed again and again, and is left alone for now: post ${share.post_id} comes back.`,
        { cause: error },
      );
    }
  }

  /** Any pause up to one that doubles with each try ("full jitter"), so that not all come back at once. */
  #pauseAfter(tries: number): number {
    return Math.random() * Math.min(longestPauseMs, this.#firstPauseMs * 2 ** tries);
  }

  /** Asks once; once more where the token was changed since it was read. */
  async #post(share: Share, timeLeft: () => number): Promise<{ share_id: string | undefined }> {
    const account = await this.#account.read();
    const answer = await this.#ask(account, share, timeLeft());
    if (answer.status !== unauthorized) return settled(share, answer);
    const renewed = await this.#account.readAnew();
    if (renewed.token === account.token && renewed.url === account.url) return settled(share, answer);
    return settled(share, await this.#ask(renewed, share, timeLeft()));
  }

  /**
   * The breaker stands around the network's answer alone: what fails before it is asked says nothing of it, and
   * would close the breaker when one try decides for all.
   *
   * @throws NetworkDownError when it does not answer, or answers that it cannot now.
   */
  async #ask(account: SocialAccount, share: Share, timeLeftMs: number): Promise<Answer> {
    if (timeLeftMs <= 0) {
      throw new OutOfTimeError(`The invocation is nearly over: post ${share.post_id} comes back.`);
    }
    const timeoutMs = Math.min(this.#timeoutMs, timeLeftMs);
    return this.#breaker.execute(() => answerOf(account, share, timeoutMs));
  }
}

async function answerOf(
  { url, token }: SocialAccount,
  { post_id, text }: Share,
  timeoutMs: number,
): Promise<Answer> {
  let answer: Answer;
  let retryAfter: number | undefined;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        accept: 'application/json',
        'idempotency-key': post_id,
      },
      body: JSON.stringify({ post_id, text }),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    answer = { status: response.status, text: await response.text() };
    retryAfter = retryAfterMs(response.headers.get('retry-after'));
  } catch (thrown) {
    const error = errorFrom(thrown);
    const cause = error.cause === undefined ? '' : ` (${errorFrom(error.cause).message})`;
    throw new NetworkDownError(
      `The social network did not answer about post ${post_id}: ${error.message}${cause}. It is safe to ask again.`,
      { cause: error },
    );
  }
  if (isTaken(answer.status) || isFinal(answer.status)) return answer;
  throw new NetworkDownError(
    `The social network answered HTTP status ${answer.status} about post ${post_id}. It is safe to ask again.`,
    retryAfter === undefined ? {} : { retryAfterMs: retryAfter },
  );
}

/** @throws ShareRefusedError */
function settled({ post_id }: Share, { status, text }: Answer): { share_id: string | undefined } {
  if (isTaken(status)) {
    const answer = v.safeParse(shareAnswer, jsonOf(text));
    return { share_id: answer.success ? answer.output.id : undefined };
  }
  const remedy =
    status === unauthorized || status === 403
      ? 'Put a token that it takes into the secret, then redrive.'
      : 'Compare what is sent with what the network takes, then redrive.';
  throw new ShareRefusedError(
    `The social network refuses post ${post_id} with HTTP status ${status}. ${remedy}`,
  );
}

function isTaken(status: number): boolean {
  return status >= 200 && status <= 299;
}

function isFinal(status: number): boolean {
  return status >= 400 && status < 500 && !passingRefusals.has(status);
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
