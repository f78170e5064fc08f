import type { BrokerMessage } from '../../../contracts/broker.ts';
import { UnroutableMessageError } from '../../../worker/broker/message-publisher.ts';
import { DependencyDownError, failureKind } from '../../../worker/failures.ts';
import { eventCarrying, job } from '../../../worker/jobs/publish-to-broker.ts';
import { orderCanceled, orderPlaced } from '../../support/order-events.ts';

it('publishes an event as it is, by its type', async () => {
  const published: BrokerMessage[] = [];
  const carry = eventCarrying({ publish: async message => void published.push(message) });
  const event = { ...orderPlaced(), gift: true };
  expect(await carry(event)).toEqual({ outcome: 'published' });
  await carry(orderCanceled());
  expect(published).toEqual([
    { routingKey: 'order_placed', body: JSON.stringify(event), correlationId: 'correlation-1' },
    {
      routingKey: 'order_canceled',
      body: JSON.stringify(orderCanceled()),
      correlationId: 'correlation-1',
    },
  ]);
});

it.each([
  ['comes again while the broker is away', new DependencyDownError('No broker answered.'), 'passing'],
  ['goes to the DLQ when no queue takes it', new UnroutableMessageError('No queue takes it.'), 'permanent'],
])('leaves an event in SQS that is not published: it %s', async (_, fault, kind) => {
  const carry = eventCarrying({ publish: () => Promise.reject(fault) });
  await expect(carry(orderPlaced())).rejects.toBe(fault);
  expect(failureKind(fault)).toBe(kind);
});

it('does not start without knowing where the broker is', async () => {
  await expect(job.open({ BROKER_SECRET_ARN: 'arn:secret' })).rejects.toThrow('BROKER_ADDRESSES is not set');
  await expect(
    job.open({ BROKER_SECRET_ARN: 'arn:secret', BROKER_ADDRESSES: 'amqp://broker.example.com' }),
  ).rejects.toThrow('without TLS on 127.0.0.1 alone');
});
