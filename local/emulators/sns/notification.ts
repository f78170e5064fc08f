import type { MessageAttribute, StoredSubscription } from '../message-store.ts';
import type { Publication } from './publication.ts';

/** A publication on its way to subscribers. */
export interface Notification extends Publication {
  readonly id: string;
  readonly topicArn: string;
  readonly topicName: string;
  readonly publishedAt: Date;
}

/** The text that a protocol's subscribers get. */
export function textFor(notification: Notification, protocol: string): string {
  if (notification.structure !== 'json') {
    return notification.message;
  }
  const texts = JSON.parse(notification.message) as Record<string, unknown>;
  return String(texts[protocol] ?? texts.default);
}

/**
 * The JSON in which SNS wraps a message for a subscription without raw delivery.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
 */
export function envelope(notification: Notification, protocol: string, subscriptionArn: string): object {
  const region = notification.topicArn.split(':')[3];
  const attributes = Object.entries(notification.attributes);
  return {
    Type: 'Notification',
    MessageId: notification.id,
    TopicArn: notification.topicArn,
    ...(notification.subject === undefined ? {} : { Subject: notification.subject }),
    Message: textFor(notification, protocol),
    Timestamp: notification.publishedAt.toISOString(),
    SignatureVersion: '1',
    Signature: 'not-signed-locally',
    SigningCertURL: `https://sns.${region}.amazonaws.com/SimpleNotificationService.pem`,
    UnsubscribeURL: `https://sns.${region}.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=${subscriptionArn}`,
    ...(attributes.length === 0
      ? {}
      : { MessageAttributes: Object.fromEntries(attributes.map(([name, value]) => [name, shown(value)])) }),
  };
}

/** The event with which SNS invokes a function: the envelope under other names, subject and attributes always there. */
export function functionEvent(notification: Notification, subscriptionArn: string): object {
  const { SigningCertURL, UnsubscribeURL, ...rest } = envelope(notification, 'lambda', subscriptionArn) as {
    SigningCertURL: string;
    UnsubscribeURL: string;
  };
  return {
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: subscriptionArn,
        Sns: {
          Subject: null,
          MessageAttributes: {},
          ...rest,
          SigningCertUrl: SigningCertURL,
          UnsubscribeUrl: UnsubscribeURL,
        },
      },
    ],
  };
}

/**
 * What SNS puts into a delivery stream: the message alone, or the envelope without its signature.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/firehose-archived-message-format-S3.html
 */
export function streamRecord(
  notification: Notification,
  { arn, protocol, attributes }: StoredSubscription,
): string {
  if (attributes.RawMessageDelivery === 'true') return textFor(notification, protocol);
  const signed = envelope(notification, protocol, arn) as Record<string, unknown>;
  const { Signature, SignatureVersion, SigningCertURL, ...record } = signed;
  return JSON.stringify(record);
}

function shown({ DataType, StringValue, BinaryValue }: MessageAttribute): object {
  return { Type: DataType, Value: StringValue ?? BinaryValue ?? '' };
}
