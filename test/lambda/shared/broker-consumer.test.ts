import { failureHeaders } from '../../../contracts/broker.ts';
import { invoiceEvents } from '../../../contracts/message-broker.ts';
import { brokerConsumer } from '../../../lambda/shared/broker-consumer.ts';
import { DependencyDownError } from '../../../lambda/shared/failures.ts';
import type { Handled } from '../../../lambda/shared/queue-consumer.ts';
import type { QueueMessage } from '../../../lambda/shared/queue-sender.ts';
import { lambdaContext } from '../../support/lambda-context.ts';
import { catchLogLines, type LogLine } from '../../support/log-lines.ts';
import { orderPlaced, orderShipped } from '../../support/order-events.ts';

describe('brokerConsumer', () => {
  let lines: LogLine[];
  beforeEach(() => {
    process.env.POWERTOOLS_METRICS_NAMESPACE = 'MessageBroker';
    lines = catchLogLines();
  });

  /** Hands bodies to a function as one batch of the queue `invoices`. */
  function consume(
    bodies: readonly unknown[],
    handle: (orderId: string) => Promise<Handled> = async () => ({ outcome: 'invoiced' }),
  ) {
    const rejected: QueueMessage[] = [];
    const handled: string[] = [];
    const handler = brokerConsumer({
      selection: invoiceEvents,
      subjectField: 'order_id',
      async handle({ order_id }) {
        handled.push(order_id);
        return handle(order_id);
      },
      rejects: { send: async message => void rejected.push(message) },
    });
    const messages = bodies.map((body, index) => ({
      basicProperties: { messageId: `message-${index + 1}`, headers: {} },
      redelivered: false,
      data: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)).toString('base64'),
    }));
    const done = handler(
      {
        eventSource: 'aws:rmq',
        eventSourceArn: 'arn:aws:mq:eu-west-1:111111111111:broker:orders:b-1',
        rmqMessagesByQueue: { 'invoices::/': messages },
      },
      lambdaContext(),
    );
    return { done, rejected, handled };
  }
  const outcomes = () => lines.filter(({ outcome }) => outcome !== undefined);

  it('handles each message of the batch, one after the other', async () => {
    const { done, handled, rejected } = consume([
      orderPlaced({ order_id: '1' }),
      orderPlaced({ order_id: '2' }),
    ]);
    await done;
    expect(handled).toEqual(['1', '2']);
    expect(rejected).toEqual([]);
    expect(outcomes()).toMatchObject([
      { outcome: 'invoiced', order_id: '1', queue: 'invoices', message_id: 'message-1' },
      { outcome: 'invoiced', order_id: '2' },
    ]);
  });

  it.each([
    ['no JSON', 'order 1', 'BadMessageError'],
    ['no order', { event_type: 'order_placed' }, 'BadMessageError'],
    ['an event that it never asked for', orderShipped(), 'UnknownEventTypeError'],
  ])('puts %s aside with the reason, and goes on with what is behind it', async (_, body, error) => {
    const { done, handled, rejected } = consume([body, orderPlaced({ order_id: '2' })]);
    await done;
    expect(handled).toEqual(['2']);
    expect(rejected).toMatchObject([
      {
        body: typeof body === 'string' ? body : JSON.stringify(body),
        attributes: {
          [failureHeaders.reason]: expect.stringContaining(error),
          [failureHeaders.kind]: 'permanent',
          [failureHeaders.queue]: 'invoices',
        },
      },
    ]);
  });

  it('puts aside what nobody foresaw: it would hold up the queue for good', async () => {
    const { done, rejected } = consume([orderPlaced()], async () => {
      throw new TypeError('undefined is not a function');
    });
    await done;
    expect(rejected[0]?.attributes).toMatchObject({ [failureHeaders.kind]: 'unexpected' });
  });

  it('lets the batch come again when a dependency is down', async () => {
    const { done, rejected } = consume([orderPlaced()], async () => {
      throw new DependencyDownError('DynamoDB did not answer.');
    });
    await expect(done).rejects.toThrow(DependencyDownError);
    expect(rejected).toEqual([]);
  });

  it('takes what Lambda hands over of ActiveMQ as well', async () => {
    const rejected: QueueMessage[] = [];
    const handled: string[] = [];
    const handler = brokerConsumer({
      selection: invoiceEvents,
      subjectField: 'order_id',
      async handle({ order_id }) {
        handled.push(order_id);
        return { outcome: 'invoiced' };
      },
      rejects: { send: async message => void rejected.push(message) },
    });
    const messageOf = (messageID: string, body: string) => ({
      messageID,
      messageType: 'jms/text-message' as const,
      deliveryMode: 2,
      replyTo: null,
      type: 'order_placed',
      expiration: '0',
      priority: 4,
      correlationId: 'correlation-1',
      redelivered: false,
      destination: { physicalName: 'invoices' },
      data: Buffer.from(body).toString('base64'),
      timestamp: 1_767_225_845_000,
      brokerInTime: 1_767_225_845_001,
      brokerOutTime: 1_767_225_845_002,
      properties: { 'content-type': 'application/json' },
    });
    await handler(
      {
        eventSource: 'aws:mq',
        eventSourceArn: 'arn:aws:mq:eu-west-1:111111111111:broker:orders:b-1',
        messages: [
          messageOf('ID:b-1-1', JSON.stringify(orderPlaced({ order_id: '1' }))),
          messageOf('ID:b-1-2', 'no JSON'),
          messageOf('ID:b-1-3', JSON.stringify(orderPlaced({ order_id: '3' }))),
        ],
      },
      lambdaContext(),
    );
    expect(handled).toEqual(['1', '3']);
    expect(rejected).toMatchObject([{ body: 'no JSON', attributes: { [failureHeaders.queue]: 'invoices' } }]);
    expect(outcomes()[0]).toMatchObject({ outcome: 'invoiced', queue: 'invoices', message_id: 'ID:b-1-1' });
  });
});
