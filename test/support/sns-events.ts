import type { SNSEvent } from 'aws-lambda';

let messages = 0;

/** An event as a topic invokes a function with it; content that is no text becomes JSON. */
export function snsEvent(content: unknown): SNSEvent {
  return {
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: 'arn:aws:sns:eu-west-1:111111111111:UserEvents:subscription',
        Sns: {
          Type: 'Notification',
          MessageId: `message-${++messages}`,
          TopicArn: 'arn:aws:sns:eu-west-1:111111111111:UserEvents',
          Subject: '',
          Message: typeof content === 'string' ? content : JSON.stringify(content),
          Timestamp: '2026-01-02T03:04:05.678Z',
          SignatureVersion: '2',
          Signature: '',
          SigningCertUrl: '',
          UnsubscribeUrl: '',
          MessageAttributes: {},
        },
      },
    ],
  };
}
