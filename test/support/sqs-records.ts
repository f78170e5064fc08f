import type { SQSEvent, SQSRecord } from 'aws-lambda';

let messages = 0;

/** A message as Lambda hands it to a function; content that is no text becomes JSON. */
export function sqsRecord(content: unknown, overrides: Partial<SQSRecord> = {}): SQSRecord {
  return {
    messageId: `message-${++messages}`,
    receiptHandle: 'receipt',
    body: typeof content === 'string' ? content : JSON.stringify(content),
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '1700000000000',
      SenderId: 'AIDAEXAMPLE',
      ApproximateFirstReceiveTimestamp: '1700000000001',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-west-1:111111111111:queue',
    awsRegion: 'eu-west-1',
    ...overrides,
  };
}

/** A batch with a message for each content. */
export function sqsBatch(...contents: readonly unknown[]): SQSEvent {
  return { Records: contents.map(content => sqsRecord(content)) };
}
