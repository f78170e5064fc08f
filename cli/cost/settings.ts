/** Hours of a month, as AWS's own calculator counts them. */
export const hoursPerMonth = 730;
export const secondsPerMonth = hoursPerMonth * 3_600;
export const daysPerMonth = hoursPerMonth / 24;

/** What the model takes for granted, since no template says it; docs/cost.md tells why. */
export const assumptions = {
  /** Connections that Lambda polls a queue with as long as little comes. */
  lambdaPollers: 5,
  /** Longest that SQS lets a receive wait; Lambda always asks for it. */
  longestWaitSeconds: 20,
  /** Pause of a program that asks without waiting, between two questions. */
  shortPollSeconds: 1,
  /** Time of an invocation that does not depend on its records. */
  invocationOverheadMilliseconds: 5,
  /** What a function logs of a record, and what the platform logs of an invocation. */
  logBytesPerRecord: 700,
  logBytesPerInvocation: 500,
  logBytesPerRequest: 500,
  /** What stays of a log once CloudWatch has compressed it. */
  logCompression: 0.15,
  /** How long SNS, DynamoDB and Data Firehose work with a data key. */
  serviceDataKeySeconds: 300,
  /** What KMS still hears of a bucket's requests where the bucket has a key. */
  bucketKeyShare: 0.01,
  /** X-Ray records the first request of a second, and this share of the others. */
  sampledShare: 0.05,
} as const;

/** What saves requests, put in the place of what the template says: to see what that saves. */
export interface Overrides {
  readonly batchSize?: number;
  readonly waitSeconds?: number;
  readonly dataKeyReuseSeconds?: number;
}
