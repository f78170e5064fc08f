import { summaryOf } from '../../../cli/queues/message-summary.ts';
import type { ReceivedMessage } from '../../../cli/queues/queues.ts';

const message = (overrides: Partial<ReceivedMessage> = {}): ReceivedMessage => ({
  id: 'm-1',
  receiptHandle: 'r-1',
  body: JSON.stringify({ event_type: 'order_placed', correlation_id: 'c-1', order_id: '1002' }),
  attributes: {},
  receiveCount: 6,
  sentAt: 1_000,
  firstReceivedAt: 2_000,
  ...overrides,
});

describe('summaryOf', () => {
  it('takes type and order id from the body', () => {
    expect(summaryOf(message())).toEqual({
      messageId: 'm-1',
      type: 'order_placed',
      subject: '1002',
      receiveCount: 6,
      sentAt: 1_000,
      firstReceivedAt: 2_000,
    });
  });

  it('believes the attribute that filters read rather than the body', () => {
    const attributes = { eventType: { dataType: 'String', value: 'order_canceled' } };

    expect(summaryOf(message({ attributes })).type).toBe('order_canceled');
  });

  it('looks into the envelope of SNS', () => {
    const body = JSON.stringify({
      Type: 'Notification',
      TopicArn: 'arn:aws:sns:us-east-1:111122223333:posts',
      Message: JSON.stringify({ post_id: '67890', title: 'New Blog Post!' }),
      MessageAttributes: { eventType: { Type: 'String', Value: 'post_published' } },
    });

    expect(summaryOf(message({ body }))).toMatchObject({ type: 'post_published', subject: '67890' });
  });

  it('takes a correlation id for no business id', () => {
    const { subject } = summaryOf(message({ body: JSON.stringify({ correlation_id: 'c-1', post_id: 7 }) }));

    expect(subject).toBe('7');
  });

  it('says why a service dead-lettered the message', () => {
    const attributes = { ErrorMessage: { dataType: 'String', value: 'queue is gone' } };

    expect(summaryOf(message({ attributes })).error).toBe('queue is gone');
  });

  it.each([['text'], ['null'], ['[1]'], ['"text"']])('summarizes a body that is no event: %s', body => {
    expect(summaryOf(message({ body }))).toEqual({
      messageId: 'm-1',
      receiveCount: 6,
      sentAt: 1_000,
      firstReceivedAt: 2_000,
    });
  });
});
