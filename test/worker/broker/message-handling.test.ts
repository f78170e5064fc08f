import { warehouseQueue } from '../../../contracts/message-broker.ts';
import { pauseAfter, scattered } from '../../../worker/broker/backoff.ts';
import { credentialsIn, UnusableCredentialsError } from '../../../worker/broker/credentials.ts';
import { MessageHandling } from '../../../worker/broker/message-handling.ts';
import { DependencyDownError, ImpossibleJobError } from '../../../worker/failures.ts';
import { orderPlaced, orderShipped } from '../../support/order-events.ts';
import { RecordingLog, RecordingMetrics } from '../support/recording.ts';

function handlingThat(handle: () => Promise<{ outcome: string }>) {
  const log = new RecordingLog();
  const metrics = new RecordingMetrics();
  const handling = new MessageHandling({
    queue: warehouseQueue,
    handle,
    subject: ({ order_id }) => ({ order_id }),
    retry: { firstMs: 100, lastMs: 1_000 },
    log,
    metrics,
  });
  const settle = (body: unknown, tries = 1) =>
    handling.settle({
      body: typeof body === 'string' ? body : JSON.stringify(body),
      messageId: 'message-1',
      tries,
      signal: new AbortController().signal,
    });
  return { settle, handling, log, metrics };
}

const failing = (error: Error) => handlingThat(() => Promise.reject(error));

it('accepts what was handled, and logs what it was about', async () => {
  const { settle, log, metrics } = handlingThat(async () => ({ outcome: 'opened' }));
  expect(await settle(orderPlaced())).toEqual({ action: 'accept' });
  expect(log.find('Message handled')?.fields).toMatchObject({
    outcome: 'opened',
    order_id: '12345',
    queue: 'warehouse',
    message_id: 'message-1',
  });
  expect(metrics.of('JobsDone')).toBe(1);
  expect(metrics.durations).toHaveLength(1);
});

it.each<[string, unknown, string]>([
  ['no JSON', 'order 1', 'BadMessageError'],
  ['no object', 'null', 'BadMessageError'],
  ['an event that lacks fields', { event_type: 'order_placed' }, 'BadMessageError'],
  ['an event of another type', orderShipped(), 'UnknownEventTypeError'],
])('buries %s at the first try', async (_, body, error) => {
  const { settle } = handlingThat(async () => ({ outcome: 'opened' }));
  expect(await settle(body)).toMatchObject({
    action: 'bury',
    kind: 'permanent',
    tries: 1,
    reason: expect.stringContaining(error),
  });
});

it('buries what no retry mends at the first try', async () => {
  const { settle } = failing(new ImpossibleJobError('There is no such shelf.'));
  expect(await settle(orderPlaced())).toMatchObject({ action: 'bury', kind: 'permanent' });
});

it('tries what may pass again, after pauses that grow', async () => {
  const { settle } = failing(new DependencyDownError('DynamoDB did not answer.'));
  const pauses = await Promise.all([1, 2, 3, 4].map(tries => settle(orderPlaced(), tries)));
  expect(pauses).toEqual([100, 200, 400, 800].map(afterMs => ({ action: 'retry', afterMs })));
});

it.each([
  ['passing', new DependencyDownError('DynamoDB did not answer.')],
  ['unexpected', new TypeError('undefined is not a function')],
])('buries a %s failure at the last try that its queue allows', async (kind, error) => {
  const { settle, metrics } = failing(error);
  expect(await settle(orderPlaced(), warehouseQueue.deliveryLimit)).toMatchObject({ action: 'bury', kind });
  expect(metrics.of('JobsFailed')).toBe(1);
});

it('lets a message come again that nobody lived to settle, until it was handed out once more than it may', () => {
  const { handling, log, metrics } = handlingThat(async () => ({ outcome: 'opened' }));
  const comesBack = (tries: number) => handling.settleUnsettled({ messageId: 'message-1', tries });
  expect(comesBack(1)).toEqual({ action: 'retry', afterMs: 0 });
  expect(comesBack(5)).toEqual({ action: 'retry', afterMs: 0 });
  expect(metrics.of('JobsFailed')).toBe(0);
  expect(comesBack(6)).toMatchObject({
    action: 'bury',
    kind: 'unexpected',
    tries: 6,
    reason: expect.stringContaining('UnsettledMessageError'),
  });
  expect(metrics.of('JobsFailedUnexpected')).toBe(1);
  expect(log.find('Message given up')?.fields).toMatchObject({ receive_count: 6, message_id: 'message-1' });
});

it('pauses no longer than it is told to, and scatters those who failed together', () => {
  expect(pauseAfter(20, { firstMs: 250, lastMs: 15_000 })).toBe(15_000);
  expect(scattered(1_000, () => 0)).toBe(1_000);
  expect(scattered(1_000, () => 1)).toBe(500);
});

it('says of credentials that are none where they should be, and nothing of what is there', () => {
  const read = () => credentialsIn('{"username":"messaging","password":"short"}', 'arn:secret');
  expect(read).toThrow(UnusableCredentialsError);
  expect(read).toThrow('arn:secret');
  expect(read).not.toThrow('short');
});
