import { paymentEvents } from '../../../contracts/orders.ts';
import { BadMessageError, DependencyDownError } from '../../../lambda/shared/failures.ts';
import { type QueueConsumerOptions, queueConsumer } from '../../../lambda/shared/queue-consumer.ts';
import { lambdaContext } from '../../support/lambda-context.ts';
import { catchLogLines, type LogLine } from '../../support/log-lines.ts';
import { orderCanceled, orderPlaced, orderShipped } from '../../support/order-events.ts';
import { sqsBatch, sqsRecord } from '../../support/sqs-records.ts';

process.env.POWERTOOLS_SERVICE_NAME = 'payment';
process.env.POWERTOOLS_METRICS_NAMESPACE = 'OrderProcessing';

type PaymentEvent = ReturnType<typeof orderPlaced> | ReturnType<typeof orderCanceled>;
type Handle = QueueConsumerOptions<PaymentEvent>['handle'];

function consumer(handle: Handle, options: { inParallel?: boolean; keepsGroupOrder?: boolean } = {}) {
  return queueConsumer({ selection: paymentEvents, subjectField: 'order_id', handle, ...options });
}

const charged: Handle = async () => ({ outcome: 'charged' });
const metricsOf = (lines: readonly LogLine[]) => lines.filter(line => '_aws' in line);
const logsOf = (lines: readonly LogLine[]) => lines.filter(line => !('_aws' in line));

describe('queueConsumer', () => {
  let lines: LogLine[];
  beforeEach(() => {
    lines = catchLogLines();
  });

  it('answers no failures and emits no metric when every record is handled', async () => {
    const response = await consumer(charged)(sqsBatch(orderPlaced(), orderCanceled()), lambdaContext());

    expect(response).toEqual({ batchItemFailures: [] });
    expect(metricsOf(lines)).toEqual([]);
  });

  it('hands over the event as it was sent, with fields that the consumer does not know', async () => {
    const seen: unknown[] = [];
    const event = { ...orderPlaced(), gift_wrap: true };

    await consumer(async each => {
      seen.push(each);
      return { outcome: 'charged' };
    })(sqsBatch(event), lambdaContext());

    expect(seen).toEqual([event]);
  });

  it('leaves a line for each record with outcome, event, order and correlation id', async () => {
    const record = sqsRecord(orderPlaced({ order_id: '7' }));

    await consumer(async () => ({ outcome: 'declined', details: { reason: 'no funds' } }))(
      { Records: [record] },
      lambdaContext({ awsRequestId: 'invocation-x' }),
    );

    expect(logsOf(lines)).toEqual([
      expect.objectContaining({
        level: 'INFO',
        service: 'payment',
        outcome: 'declined',
        reason: 'no funds',
        event_type: 'order_placed',
        order_id: '7',
        correlation_id: 'correlation-1',
        message_id: record.messageId,
        receive_count: 1,
        function_request_id: 'invocation-x',
      }),
    ]);
  });

  it('answers the records that failed and no others', async () => {
    const [first, second, third] = [
      sqsRecord(orderPlaced({ order_id: '1001' })),
      sqsRecord(orderPlaced({ order_id: '1002' })),
      sqsRecord(orderPlaced({ order_id: '1003' })),
    ] as const;
    const handler = consumer(async ({ order_id }) => {
      if (order_id === '1002') throw new DependencyDownError('gateway down');
      return { outcome: 'charged' };
    });

    const response = await handler({ Records: [first, second, third] }, lambdaContext());

    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: second.messageId }] });
  });

  it('answers a batch that failed as a whole, and does not throw', async () => {
    const batch = sqsBatch(orderPlaced(), orderCanceled());
    const handler = consumer(async () => {
      throw new DependencyDownError('gateway down');
    });

    const response = await handler(batch, lambdaContext());

    expect(response.batchItemFailures).toEqual(
      batch.Records.map(({ messageId }) => ({ itemIdentifier: messageId })),
    );
  });

  it('counts failed records by service, in all and by kind, in one document', async () => {
    const handler = consumer(async ({ order_id }) => {
      if (order_id === 'down') throw new DependencyDownError('gateway down');
      throw new TypeError('a mistake');
    });

    await handler(
      sqsBatch(
        'not json',
        orderShipped(),
        orderPlaced({ order_id: 'down' }),
        orderPlaced({ order_id: 'mistake' }),
      ),
      lambdaContext(),
    );

    expect(metricsOf(lines)).toEqual([
      expect.objectContaining({
        service: 'payment',
        FailedRecords: 4,
        FailedRecordsPermanent: 2,
        FailedRecordsPassing: 1,
        FailedRecordsUnexpected: 1,
        _aws: expect.objectContaining({
          CloudWatchMetrics: [
            expect.objectContaining({ Namespace: 'OrderProcessing', Dimensions: [['service']] }),
          ],
        }),
      }),
    ]);
  });

  it('does not carry failures over to the next invocation', async () => {
    const handler = consumer(charged);

    await handler(sqsBatch('not json'), lambdaContext());
    const response = await handler(sqsBatch(orderPlaced()), lambdaContext());

    expect(response).toEqual({ batchItemFailures: [] });
    expect(metricsOf(lines)).toHaveLength(1);
  });

  it.each([
    ['a body that is not JSON', '{"order_id":', 'ERROR', 'permanent', 'BadMessageError'],
    [
      'an event with a wrong field',
      { ...orderPlaced(), items: 'none' },
      'ERROR',
      'permanent',
      'BadMessageError',
    ],
    ['an event that was not asked for', orderShipped(), 'ERROR', 'permanent', 'UnknownEventTypeError'],
  ])('refuses %s before it is handled, and says why', async (_case, content, level, failure, name) => {
    let handled = 0;
    const batch = sqsBatch(content);

    const response = await consumer(async () => {
      handled++;
      return { outcome: 'charged' };
    })(batch, lambdaContext());

    expect(handled).toBe(0);
    expect(response.batchItemFailures).toEqual([{ itemIdentifier: batch.Records[0]?.messageId }]);
    expect(logsOf(lines)).toEqual([
      expect.objectContaining({
        level,
        outcome: 'failed',
        failure,
        error: expect.objectContaining({ name }),
      }),
    ]);
  });

  it('names order and correlation id of an event that it refuses', async () => {
    await consumer(charged)(
      sqsBatch({ ...orderPlaced({ order_id: '8' }), total_minor: -1 }),
      lambdaContext(),
    );

    expect(logsOf(lines)).toEqual([
      expect.objectContaining({ order_id: '8', correlation_id: 'correlation-1', event_type: 'order_placed' }),
    ]);
  });

  it('logs a passing failure as a warning, and what nobody foresaw as an error', async () => {
    const handler = consumer(async ({ order_id }) => {
      throw order_id === 'down' ? new DependencyDownError('gateway down') : 'a text, thrown';
    });

    await handler(
      sqsBatch(orderPlaced({ order_id: 'down' }), orderPlaced({ order_id: 'odd' })),
      lambdaContext(),
    );

    expect(logsOf(lines)).toEqual([
      expect.objectContaining({ order_id: 'down', level: 'WARN', failure: 'passing' }),
      expect.objectContaining({ order_id: 'odd', level: 'ERROR', failure: 'unexpected' }),
    ]);
  });

  it('handles the records of a batch side by side by default', async () => {
    const started: string[] = [];
    let release: () => void = () => undefined;
    const bothStarted = new Promise<void>(resolve => {
      release = resolve;
    });

    await consumer(async ({ order_id }) => {
      started.push(order_id);
      if (started.length === 2) release();
      await bothStarted;
      return { outcome: 'charged' };
    })(sqsBatch(orderPlaced({ order_id: '1' }), orderPlaced({ order_id: '2' })), lambdaContext());

    expect(started).toEqual(['1', '2']);
  });

  it('handles them one after the other when told so', async () => {
    const steps: string[] = [];

    await consumer(
      async ({ order_id }) => {
        steps.push(`start ${order_id}`);
        await new Promise(resolve => setImmediate(resolve));
        steps.push(`end ${order_id}`);
        return { outcome: 'charged' };
      },
      { inParallel: false },
    )(sqsBatch(orderPlaced({ order_id: '1' }), orderPlaced({ order_id: '2' })), lambdaContext());

    expect(steps).toEqual(['start 1', 'end 1', 'start 2', 'end 2']);
  });

  it('starts no record for which the time left is too short, so that those done do not come back', async () => {
    let remaining = 10_000;
    const handled: string[] = [];
    const batch = sqsBatch(...['1', '2', '3'].map(order_id => orderPlaced({ order_id })));

    const response = await consumer(
      async ({ order_id }) => {
        handled.push(order_id);
        remaining -= 4_000;
        return { outcome: 'charged' };
      },
      { inParallel: false },
    )(batch, lambdaContext({ getRemainingTimeInMillis: () => remaining }));

    expect(handled).toEqual(['1', '2']);
    expect(response.batchItemFailures).toEqual([{ itemIdentifier: batch.Records[2]?.messageId }]);
    expect(logsOf(lines).at(-1)).toMatchObject({ failure: 'passing', order_id: '3' });
  });

  it('tells apart deliveries: of one message in two invocations, of two messages in one', async () => {
    const ids: string[] = [];
    const handler = consumer(async (_event, delivery) => {
      ids.push(delivery.id);
      return { outcome: 'charged' };
    });
    const batch = sqsBatch(orderPlaced(), orderPlaced());

    await handler(batch, lambdaContext());
    await handler(batch, lambdaContext());

    expect(new Set(ids).size).toBe(4);
  });

  it('passes on a failure that the handler itself calls permanent', async () => {
    const handler = consumer(async () => {
      throw new BadMessageError('no such customer');
    });

    await handler(sqsBatch(orderPlaced()), lambdaContext());

    expect(metricsOf(lines)).toEqual([expect.objectContaining({ FailedRecordsPermanent: 1 })]);
  });
});

describe('queueConsumer that keeps groups in order', () => {
  /** Five records of two groups: of each order in turn. */
  const inGroups = ['1', '2', '1', '2', '1'].map((order_id, index) =>
    sqsRecord(orderPlaced({ order_id, correlation_id: `${index}` }), {
      attributes: { ...sqsRecord('').attributes, MessageGroupId: order_id },
    }),
  );
  let lines: LogLine[];
  beforeEach(() => {
    lines = catchLogLines();
  });

  async function failingFor(orderId: string) {
    const handled: string[] = [];
    const handler = consumer(
      async ({ order_id, correlation_id }) => {
        handled.push(correlation_id);
        if (order_id === orderId) throw new DependencyDownError('down');
        return { outcome: 'charged' };
      },
      { keepsGroupOrder: true },
    );
    const { batchItemFailures } = await handler({ Records: inGroups }, lambdaContext());
    return { handled, failed: batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) };
  }

  const idsAt = (...places: number[]) => places.map(place => inGroups[place]?.messageId);

  it('handles one record after the other', async () => {
    expect(await failingFor('nobody')).toEqual({ handled: ['0', '1', '2', '3', '4'], failed: [] });
  });

  it('leaves what is behind a failed record of its group, and goes on with the other', async () => {
    expect(await failingFor('1')).toEqual({ handled: ['0', '1', '3'], failed: idsAt(0, 2, 4) });
  });

  it('counts what failed, and apart from it what was left behind', async () => {
    await failingFor('1');

    expect(metricsOf(lines)).toEqual([
      expect.objectContaining({ FailedRecords: 1, FailedRecordsPassing: 1, RecordsLeftBehind: 2 }),
    ]);
    expect(logsOf(lines).filter(({ outcome }) => outcome === 'failed')).toHaveLength(1);
    expect(logsOf(lines)).toContainEqual(expect.objectContaining({ left: 2 }));
  });

  it('answers when every record of every group fails', async () => {
    const handler = consumer(() => Promise.reject(new BadMessageError('no')), { keepsGroupOrder: true });

    const { batchItemFailures } = await handler({ Records: inGroups }, lambdaContext());

    expect(batchItemFailures).toHaveLength(5);
  });
});
