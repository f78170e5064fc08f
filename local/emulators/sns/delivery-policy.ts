/** How HTTP(S) endpoints are delivered to. */
export interface DeliveryPolicy {
  /** Pause before each retry, in milliseconds of here. */
  readonly pausesMs: readonly number[];
  readonly contentType: string;
}

/** Pauses are so many times shorter here, as other times are. */
const TIMES_SHORTER = 60;
/** And no longer than this, so that whoever watches sees how it ends. */
const LONGEST_PAUSE_MS = 500;

interface RetryPolicy {
  readonly minDelayTarget?: number;
  readonly maxDelayTarget?: number;
  readonly numRetries?: number;
  readonly numNoDelayRetries?: number;
  readonly numMinDelayRetries?: number;
  readonly numMaxDelayRetries?: number;
  readonly backoffFunction?: string;
}

/** As a subscription has it; a topic's stands under `http`, in members that begin with `default`. */
interface SubscriptionPolicy {
  readonly healthyRetryPolicy?: RetryPolicy | null;
  readonly requestPolicy?: { readonly headerContentType?: string } | null;
}

interface TopicPolicy {
  readonly http?: {
    readonly defaultHealthyRetryPolicy?: RetryPolicy;
    readonly defaultRequestPolicy?: SubscriptionPolicy['requestPolicy'];
  };
}

/**
 * The policy of a subscription, or its topic's, or SNS's own: three retries, 20 seconds apart.
 *
 * @param ofSubscription - JSON, as the attribute has it
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
 */
export function deliveryPolicyOf(
  ofSubscription: string | undefined,
  ofTopic: string | undefined,
): DeliveryPolicy {
  const own = (ofSubscription ? JSON.parse(ofSubscription) : {}) as SubscriptionPolicy;
  const { http = {} } = (ofTopic ? JSON.parse(ofTopic) : {}) as TopicPolicy;
  const { headerContentType = 'text/plain; charset=UTF-8' } =
    own.requestPolicy ?? http.defaultRequestPolicy ?? {};
  return {
    pausesMs: pausesInSeconds(own.healthyRetryPolicy ?? http.defaultHealthyRetryPolicy ?? {}).map(seconds =>
      Math.min((seconds * 1_000) / TIMES_SHORTER, LONGEST_PAUSE_MS),
    ),
    contentType: headerContentType,
  };
}

/** The pauses of the four phases: none, the shortest, growing ones, the longest. */
function pausesInSeconds(policy: RetryPolicy): readonly number[] {
  const {
    minDelayTarget: shortest = 20,
    maxDelayTarget: longest = 20,
    numRetries: retries = 3,
    numNoDelayRetries: immediate = 0,
    numMinDelayRetries: early = 0,
    numMaxDelayRetries: late = 0,
    backoffFunction = 'linear',
  } = policy;
  const growing = Math.max(0, retries - immediate - early - late);
  const growth = GROWTH[backoffFunction.toLowerCase()] ?? linear;
  return [
    ...Array.from({ length: immediate }, () => 0),
    ...Array.from({ length: early }, () => shortest),
    ...Array.from({ length: growing }, (_, place) => growth(shortest, longest, (place + 1) / growing)),
    ...Array.from({ length: late }, () => longest),
  ];
}

type Growth = (from: number, to: number, share: number) => number;

const linear: Growth = (from, to, share) => from + (to - from) * share;
const exponential: Growth = (from, to, share) => from * (to / from) ** share;

/** SNS shows the curves and not their formulas; these are of the same kind. */
const GROWTH: Readonly<Record<string, Growth>> = {
  linear,
  arithmetic: (from, to, share) => from + (to - from) * share ** 2,
  geometric: exponential,
  exponential,
};
