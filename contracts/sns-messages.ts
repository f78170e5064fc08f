import * as v from 'valibot';
import { shortText, timestamp } from './text.ts';

const text = v.pipe(v.string(), v.minLength(1));
const url = v.pipe(v.string(), v.url());

const common = {
  MessageId: shortText,
  TopicArn: text,
  Message: v.string(),
  Timestamp: timestamp,
  /** `1` signs over SHA-1, `2` over SHA-256. */
  SignatureVersion: text,
  /** In base64. */
  Signature: text,
  SigningCertURL: url,
};

/** What confirms, or ends, a subscription. */
const confirmation = { ...common, Token: text, SubscribeURL: url };

const notification = v.looseObject({
  ...common,
  Type: v.literal('Notification'),
  Subject: v.optional(v.string()),
});
const subscriptionConfirmation = v.looseObject({
  ...confirmation,
  Type: v.literal('SubscriptionConfirmation'),
});
const unsubscribeConfirmation = v.looseObject({
  ...confirmation,
  Type: v.literal('UnsubscribeConfirmation'),
});

/**
 * What SNS posts to an HTTP(S) endpoint: an event in its envelope, or a question about the subscription.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
 */
export const snsMessage = v.variant('Type', [
  notification,
  subscriptionConfirmation,
  unsubscribeConfirmation,
]);

export type SnsMessage = v.InferOutput<typeof snsMessage>;

/** An envelope, which may carry up to 256 KiB, written as JSON: quotes and line ends in it take two bytes each. */
export const maxSnsMessageBytes = 1_048_576;
