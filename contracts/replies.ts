import * as v from 'valibot';

/** Message attribute of a reply that says which request it answers. */
export const correlationIdAttribute = 'correlationId';

/** Names one request of one producer, and is never used twice. */
export const correlationId = v.pipe(
  v.string(),
  v.regex(/^[\w-]{1,64}$/, 'expected up to 64 letters, digits, hyphens or underscores'),
);

/** Where a producer waits for the reply to a request, and the id under which it does. */
export const replyAddress = v.object({
  queue_url: v.pipe(v.string(), v.url()),
  correlation_id: correlationId,
});

export type ReplyAddress = v.InferOutput<typeof replyAddress>;

/** Tags of a reply queue: who made it, when, and when that producer last gave a sign of life. */
export const replyQueueTags = {
  owner: 'reply-queue:owner',
  createdAt: 'reply-queue:created-at',
  aliveAt: 'reply-queue:alive-at',
} as const;

/** Seconds between two signs of life of a reply queue's owner. */
export const signOfLifeSeconds = 300;

/** A reply queue whose owner gave no sign of life for so many seconds is an orphan: five were missed. */
export const orphanedAfterSeconds = 6 * signOfLifeSeconds;

/**
 * How long a reply queue keeps a reply that nobody takes, in seconds: a producer that lives takes it at
 * once, and what it would take later answers nobody any more.
 */
export const replyRetentionSeconds = 300;

/** Metrics of whoever waits for replies, with the dimension `service`. */
export const replyMetrics = {
  /** Replies that reached whoever waited for them; all others are dropped. */
  matched: 'RepliesMatched',
  /** Replies to requests that nobody waited for any more. */
  late: 'RepliesLate',
  /** Further replies to a request. */
  duplicate: 'RepliesDuplicate',
  /** Replies to what was never asked here. */
  unknown: 'RepliesUnknown',
  /** Replies that are none by their form. */
  unreadable: 'RepliesUnreadable',
  /** Receive calls that failed. */
  pollsFailed: 'ReplyPollsFailed',
  /** Reply queues that were gone and made anew. */
  queuesReplaced: 'ReplyQueuesReplaced',
  /** Signs of life that failed: the janitor takes a queue without any for an orphan. */
  signsOfLifeFailed: 'SignsOfLifeFailed',
} as const;

/** Metric of the janitor. */
export const orphansDeletedMetric = 'OrphanedReplyQueuesDeleted';
