import fc from 'fast-check';
import { bookedEvents, ledgerEvents } from '../../../contracts/ledger.ts';
import { booking } from '../../../lambda/order-ledger/booking.ts';
import { DependencyDownError } from '../../../lambda/shared/failures.ts';
import { queueConsumer } from '../../../lambda/shared/queue-consumer.ts';
import { FifoQueue } from '../../support/fifo-queue.ts';
import { InMemoryLedger } from '../../support/in-memory-ledger.ts';
import { lambdaContext } from '../../support/lambda-context.ts';
import { ledgerEventsOf } from '../../support/ledger-events.ts';
import { catchLogLines } from '../../support/log-lines.ts';

process.env.POWERTOOLS_SERVICE_NAME = 'ledger';
process.env.POWERTOOLS_METRICS_NAMESPACE = 'OrderLedger';

const groups = 100;
const eventsOfEach = 12;

/** What goes wrong, drawn for each message or batch: the same for the same seed. */
interface Trouble {
  /** Of a hundred events, so many are published twice or three times. */
  readonly duplicates: number;
  /** Of a hundred bookings, so many fail before or after they were made. */
  readonly failures: number;
  /** Of a hundred invocations, so many crash after all that they did. */
  readonly crashes: number;
}

/** Publishes the life of every order, mixed, and delivers it until nothing waits. */
async function runWith({ duplicates, failures, crashes }: Trouble, seed: number) {
  const draw = fc.sample(fc.nat({ max: 99 }), { numRuns: 40_000, seed });
  let drawn = 0;
  const happens = (percent: number) => (draw[drawn++ % draw.length] as number) < percent;

  const ledger = new InMemoryLedger();
  const book = ledger.book.bind(ledger);
  ledger.book = async (...entry) => {
    if (happens(failures)) throw new DependencyDownError('DynamoDB did not take the request');
    await book(...entry);
    if (happens(failures))
      throw new DependencyDownError('DynamoDB took the request, and the answer got lost');
  };
  const handler = queueConsumer({
    selection: bookedEvents,
    subjectField: 'order_id',
    keepsGroupOrder: true,
    handle: booking({ ledger }),
  });

  // Nothing is ever given up, so that whatever is missing in the end was lost.
  const queue = new FifoQueue(Number.POSITIVE_INFINITY);
  const orders = Array.from({ length: groups }, (_, index) => `order-${index}`);
  for (let place = 0; place < eventsOfEach; place += 1) {
    for (const order of orders) {
      const event = ledgerEventsOf(order, eventsOfEach)[place] as never;
      const { body, groupId = '' } = ledgerEvents.encode(event);
      do queue.send(groupId, body);
      while (happens(duplicates));
    }
  }
  for (let turn = 0; !queue.isEmpty; turn += 1) {
    const from = turn % groups;
    await queue.deliver([...orders.slice(from, from + 4), ...orders.slice(0, from)], async event => {
      const answer = await handler(event, lambdaContext());
      if (happens(crashes)) throw new Error('Runtime exited with error: signal: killed');
      return answer;
    });
  }
  return { ledger, orders };
}

describe('thousands of events of a hundred orders', () => {
  beforeEach(() => void catchLogLines());

  it.each<[string, Trouble]>([
    ['nothing goes wrong', { duplicates: 0, failures: 0, crashes: 0 }],
    ['many are published twice', { duplicates: 40, failures: 0, crashes: 0 }],
    ['bookings fail, and answers get lost', { duplicates: 0, failures: 15, crashes: 0 }],
    ['invocations crash when they are done', { duplicates: 0, failures: 0, crashes: 30 }],
    ['all of that happens', { duplicates: 30, failures: 15, crashes: 20 }],
  ])('are booked in order and once when %s', async (_case, trouble) => {
    const { ledger, orders } = await runWith(trouble, 20_261);

    const everyPlace = Array.from({ length: eventsOfEach }, (_, index) => index + 1);
    for (const order of orders) expect([order, ledger.placesOf(order)]).toEqual([order, everyPlace]);
    expect(ledger.booked).toHaveLength(groups * eventsOfEach);
  });
});

it('an event that always fails stops its own order, and no other', async () => {
  catchLogLines();
  const ledger = new InMemoryLedger();
  const handle = queueConsumer({
    selection: bookedEvents,
    subjectField: 'order_id',
    keepsGroupOrder: true,
    handle: booking({ ledger }),
  });
  const queue = new FifoQueue(5);
  for (const event of ['poisoned', 'sound'].flatMap(order => ledgerEventsOf(order, 4))) {
    const { body, groupId = '' } = ledgerEvents.encode(event as never);
    const isPoison = event.order_id === 'poisoned' && event.sequence === 2;
    queue.send(groupId, isPoison ? body.replace('"amount_minor":5000', '"amount_minor":"half"') : body);
  }
  await queue.deliver(['poisoned', 'sound'], event => handle(event, lambdaContext()));

  expect(ledger.placesOf('sound')).toEqual([1, 2, 3, 4]);
  expect(ledger.placesOf('poisoned')).toEqual([1]);

  while (!queue.isEmpty) await queue.deliver(['poisoned'], event => handle(event, lambdaContext()));
  // What came after it waits with it, in its order, for the one that mends it.
  expect(queue.deadLetters.map(({ body }) => JSON.parse(body).sequence)).toEqual([2, 3, 4]);
  expect(ledger.placesOf('poisoned')).toEqual([1]);
});
