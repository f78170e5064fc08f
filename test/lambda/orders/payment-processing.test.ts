import fc from 'fast-check';
import type { OrderCanceled, OrderPlaced } from '../../../contracts/orders.ts';
import { SecretText } from '../../../contracts/secret-fields.ts';
import type { PaymentState } from '../../../lambda/orders/domain/payment.ts';
import { paymentProcessing } from '../../../lambda/orders/payment-processing.ts';
import { paymentStore } from '../../../lambda/orders/payment-store.ts';
import { DependencyDownError, WorkInProgressError } from '../../../lambda/shared/failures.ts';
import { UnreadableSecretError } from '../../../lambda/shared/field-encryption.ts';
import type { Handled } from '../../../lambda/shared/queue-consumer.ts';
import type { VersionedItems } from '../../../lambda/shared/versioned-items.ts';
import { DynamoDbServer } from '../../support/dynamodb-server.ts';
import { InMemoryStates } from '../../support/in-memory-states.ts';
import { encryptedCardToken, orderCanceled, orderPlaced } from '../../support/order-events.ts';
import { BookkeepingGateway } from '../../support/payment-gateway.ts';

const down = () => {
  throw new DependencyDownError('gateway down');
};
/** Opens every ciphertext, unless a test has it fail. */
const cardTokens = {
  before: (): unknown => undefined,
  async decrypt({ card_token, order_id }: OrderPlaced) {
    cardTokens.before();
    return card_token && new SecretText(`card of ${order_id}`);
  },
};
let deliveries = 0;
const delivery = (remainingTimeInMs = 15_000) => ({
  id: `delivery-${++deliveries}`,
  remainingTimeInMs: () => remainingTimeInMs,
});

describe('paymentProcessing', () => {
  let server: DynamoDbServer;
  let tableName: string;
  let store: VersionedItems<PaymentState>;
  let gateway: BookkeepingGateway;
  let time: number;
  let handle: (event: OrderPlaced | OrderCanceled) => Promise<Handled>;

  beforeAll(async () => {
    server = await DynamoDbServer.start();
  });
  beforeEach(async () => {
    tableName = await server.createTable();
    store = paymentStore(server.documents, tableName);
    gateway = new BookkeepingGateway();
    time = Date.now();
    cardTokens.before = () => undefined;
    const process = paymentProcessing({ payments: store, gateway, cardTokens, now: () => time });
    handle = event => process(event, delivery());
  });
  afterAll(() => server.stop());

  const stored = () => server.item(tableName, 'ORDER#12345');

  it('charges an order, and records it', async () => {
    await expect(handle(orderPlaced())).resolves.toEqual({ outcome: 'charged' });

    expect(gateway.balance('12345')).toBe(9_999);
    await expect(stored()).resolves.toMatchObject({
      status: 'charged',
      amount_minor: 9_999,
      currency: 'USD',
      charge_id: 'charge-12345',
      version: 2,
    });
  });

  it('charges once when the order comes again', async () => {
    await handle(orderPlaced());

    await expect(handle(orderPlaced())).resolves.toEqual({ outcome: 'already_charged' });
    expect(gateway.calls).toEqual(['charge 12345']);
  });

  it('goes to the gateway once when the order comes twice at the same time', async () => {
    let duplicate: Promise<Handled> | undefined;
    gateway.before = async () => {
      duplicate = handle(orderPlaced());
      await duplicate.catch(() => undefined);
    };

    await expect(handle(orderPlaced())).resolves.toEqual({ outcome: 'charged' });
    await expect(duplicate).rejects.toThrow(WorkInProgressError);
    await expect(duplicate).rejects.toThrow(/order 12345 is at the gateway for another delivery/);
    expect(gateway.calls).toEqual(['charge 12345']);
  });

  it('records a decline with its reason: it is an answer, not a failure', async () => {
    gateway.charge = async () => ({ status: 'declined', reason: 'no funds' });

    await expect(handle(orderPlaced())).resolves.toEqual({
      outcome: 'declined',
      details: { reason: 'no funds' },
    });
    await expect(stored()).resolves.toMatchObject({ status: 'declined', reason: 'no funds' });
  });

  it('fails while the gateway is down, and charges once it is back, without waiting', async () => {
    gateway.before = down;
    await expect(handle(orderPlaced())).rejects.toThrow('gateway down');

    gateway.before = () => undefined;
    await expect(handle(orderPlaced())).resolves.toEqual({ outcome: 'charged' });
    expect(gateway.balance('12345')).toBe(9_999);
  });

  it('charges once when the answer of the gateway got lost', async () => {
    gateway.after = down;
    await expect(handle(orderPlaced())).rejects.toThrow('gateway down');

    gateway.after = () => undefined;
    await expect(handle(orderPlaced())).resolves.toEqual({ outcome: 'charged' });
    expect(gateway.charges).toBe(1);
    expect(gateway.balance('12345')).toBe(9_999);
  });

  it('charges once when the function is killed between gateway and record', async () => {
    // A killed function neither records the result nor gives its lease back.
    gateway.after = () => new Promise(() => undefined);
    void handle(orderPlaced());
    while (gateway.balance('12345') === 0) await new Promise(resolve => setImmediate(resolve));
    gateway.after = () => undefined;

    await expect(handle(orderPlaced())).rejects.toThrow(WorkInProgressError);
    time += 15_000;
    await expect(handle(orderPlaced())).resolves.toEqual({ outcome: 'charged' });

    expect(gateway.charges).toBe(1);
    await expect(stored()).resolves.toMatchObject({ status: 'charged' });
  });

  it('refunds what was charged, once', async () => {
    await handle(orderPlaced());

    await expect(handle(orderCanceled())).resolves.toEqual({ outcome: 'refunded' });
    await expect(handle(orderCanceled())).resolves.toEqual({ outcome: 'already_refunded' });
    expect(gateway.balance('12345')).toBe(0);
    expect(gateway.calls).toEqual(['charge 12345', 'refund 12345']);
  });

  it('does not charge an order that was canceled before it was placed', async () => {
    await expect(handle(orderCanceled())).resolves.toEqual({ outcome: 'canceled_before_charge' });

    await expect(handle(orderPlaced())).resolves.toEqual({ outcome: 'ignored_canceled' });
    expect(gateway.calls).toEqual([]);
  });

  it('gives back a charge during which the order is canceled', async () => {
    gateway.after = async () => {
      gateway.after = () => undefined;
      await handle(orderCanceled());
    };

    await expect(handle(orderPlaced())).resolves.toEqual({ outcome: 'ignored_canceled' });
    expect(gateway.balance('12345')).toBe(0);
    await expect(stored()).resolves.toMatchObject({ status: 'refunded' });
  });

  it('lets an order be canceled whose charge never comes through, and does not try it again', async () => {
    gateway.before = call => call.startsWith('charge') && down();
    await expect(handle(orderPlaced())).rejects.toThrow('gateway down');

    await expect(handle(orderCanceled())).resolves.toEqual({ outcome: 'canceled_before_charge' });
    await expect(handle(orderPlaced())).resolves.toEqual({ outcome: 'ignored_canceled' });
    expect(gateway.calls).toEqual(['charge 12345', 'refund 12345']);
  });

  it('keeps one order from another', async () => {
    await Promise.all(['1', '2', '3'].map(order_id => handle(orderPlaced({ order_id }))));

    expect(gateway.charges).toBe(3);
  });

  it('fails with what the gateway failed with, even when the lease cannot be given back', async () => {
    const states = new InMemoryStates<PaymentState>();
    gateway.before = () => {
      states.beforeWrite = () => {
        throw new DependencyDownError('DynamoDB down');
      };
      down();
    };

    await expect(
      paymentProcessing({ payments: states, gateway, cardTokens })(orderPlaced(), delivery()),
    ).rejects.toThrow('gateway down');
  });

  describe('with a card token', () => {
    const withCard = () => orderPlaced({ card_token: encryptedCardToken });

    it('charges the card, and records nothing of it', async () => {
      await expect(handle(withCard())).resolves.toEqual({ outcome: 'charged' });

      expect(gateway.cardOf('12345')).toBe('card of 12345');
      expect(JSON.stringify(await stored())).not.toMatch(/card of|card_token|ciphertext/);
    });

    it('has it from the event again when a charge under way is gone on with', async () => {
      gateway.after = () => new Promise(() => undefined);
      void handle(withCard());
      while (gateway.balance('12345') === 0) await new Promise(resolve => setImmediate(resolve));
      gateway.after = () => undefined;
      await expect(stored()).resolves.toMatchObject({ status: 'charging' });

      time += 15_000;
      await expect(handle(withCard())).resolves.toEqual({ outcome: 'charged' });

      expect(gateway.calls).toEqual(['charge 12345', 'charge 12345']);
      expect(gateway.cardOf('12345')).toBe('card of 12345');
    });

    it('does not go to the gateway without it while KMS is down, and goes on without waiting once it is back', async () => {
      cardTokens.before = () => {
        throw new DependencyDownError('KMS down');
      };
      await expect(handle(withCard())).rejects.toThrow('KMS down');
      expect(gateway.calls).toEqual([]);

      cardTokens.before = () => undefined;
      await expect(handle(withCard())).resolves.toEqual({ outcome: 'charged' });
    });

    it('never charges an order whose token cannot be read, which can still be canceled', async () => {
      cardTokens.before = () => {
        throw new UnreadableSecretError('altered');
      };
      await expect(handle(withCard())).rejects.toThrow(UnreadableSecretError);

      await expect(handle(orderCanceled())).resolves.toEqual({ outcome: 'canceled_before_charge' });
      expect(gateway.calls).toEqual(['refund 12345']);
    });

    it('needs it for the charge alone: neither for a duplicate nor for a refund', async () => {
      await handle(withCard());
      cardTokens.before = () => {
        throw new Error('nobody needs the token any more');
      };

      await expect(handle(withCard())).resolves.toEqual({ outcome: 'already_charged' });
      await expect(handle(orderCanceled())).resolves.toEqual({ outcome: 'refunded' });
    });
  });

  it('takes the money of an order that stands, and of no other, in every order of events and failures', async () => {
    const event = fc.constantFrom(orderPlaced(), orderCanceled());
    const fault = fc.constantFrom('none', 'before', 'after', 'killed' as const);

    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(event, fault), { maxLength: 12 }), async steps => {
        const states = new InMemoryStates<PaymentState>();
        const bookkeeping = new BookkeepingGateway();
        let clock = 0;
        const process = paymentProcessing({
          payments: states,
          gateway: bookkeeping,
          cardTokens,
          now: () => clock,
        });
        const rest: (OrderPlaced | OrderCanceled)[] = [];

        for (const [each, what] of steps) {
          bookkeeping.before = () => what === 'before' && down();
          bookkeeping.after = () => (what === 'after' || what === 'killed') && down();
          states.beforeWrite = next => {
            // Killed: nothing is written after the gateway was called.
            if (what === 'killed' && bookkeeping.calls.length > called && 'lease' in next) down();
          };
          const called = bookkeeping.calls.length;
          await process(each, delivery(1_000)).catch(() => rest.push(each));
          clock += 100;
        }
        bookkeeping.before = () => undefined;
        bookkeeping.after = () => undefined;
        states.beforeWrite = () => undefined;
        // What failed comes back, after its visibility timeout.
        clock += 6_000;
        for (const each of rest) await process(each, delivery(1_000));

        const placed = steps.some(([each]) => each.event_type === 'order_placed');
        const canceled = steps.some(([each]) => each.event_type === 'order_canceled');
        expect(bookkeeping.balance('12345')).toBe(placed && !canceled ? 9_999 : 0);
        const status = states.states.get('12345')?.state.status;
        expect(status).not.toBe('charging');
        expect(status).not.toBe('refunding');
      }),
      { numRuns: 300 },
    );
  });
});
