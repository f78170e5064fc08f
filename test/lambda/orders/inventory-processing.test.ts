import fc from 'fast-check';
import type { OrderEvent } from '../../../contracts/orders.ts';
import { inventoryProcessing, StockMismatchError } from '../../../lambda/orders/inventory-processing.ts';
import { ConflictError, DependencyDownError, failureKind } from '../../../lambda/shared/failures.ts';
import type { Handled } from '../../../lambda/shared/queue-consumer.ts';
import { orderCanceled, orderPlaced, orderShipped } from '../../support/order-events.ts';
import { InMemoryStockLedger } from '../../support/stock-ledger.ts';

describe('inventoryProcessing', () => {
  let stock: InMemoryStockLedger;
  let handle: (event: OrderEvent) => Promise<Handled>;

  beforeEach(() => {
    stock = new InMemoryStockLedger({ TEAPOT: 5, CUP: 10 });
    handle = inventoryProcessing({ stock });
  });

  const level = (sku: string) => stock.levels.get(sku);
  const status = (orderId = '12345') => stock.states.get(orderId)?.state.status;
  const twoTeapots = orderPlaced({ items: [{ sku: 'TEAPOT', quantity: 2 }] });

  it('reserves what is ordered, and records it for the order', async () => {
    await expect(handle(twoTeapots)).resolves.toEqual({ outcome: 'reserved' });

    expect(level('TEAPOT')).toEqual({ available: 3, reserved: 2 });
    expect(status()).toBe('reserved');
  });

  it('reserves once when the order comes again', async () => {
    await handle(twoTeapots);

    await expect(handle(twoTeapots)).resolves.toEqual({ outcome: 'already_reserved' });
    expect(level('TEAPOT')).toEqual({ available: 3, reserved: 2 });
  });

  it('reserves once when the order comes twice at the same time', async () => {
    const outcomes = await Promise.all([handle(twoTeapots), handle(twoTeapots)]);

    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['already_reserved', 'reserved']);
    expect(level('TEAPOT')).toEqual({ available: 3, reserved: 2 });
  });

  it('reserves all of an order or nothing of it, and says what was short', async () => {
    const order = orderPlaced({
      items: [
        { sku: 'TEAPOT', quantity: 2 },
        { sku: 'CUP', quantity: 11 },
        { sku: 'SAUCER', quantity: 1 },
      ],
    });
    const shortages = [
      { sku: 'CUP', wanted: 11, available: 10 },
      { sku: 'SAUCER', wanted: 1, available: 0 },
    ];

    await expect(handle(order)).resolves.toEqual({ outcome: 'out_of_stock', details: { shortages } });

    expect(level('TEAPOT')).toEqual({ available: 5, reserved: 0 });
    expect(stock.states.get('12345')?.state).toMatchObject({ status: 'out_of_stock', shortages });
  });

  it('does not try an order again that was out of stock: that was its answer', async () => {
    const order = orderPlaced({ items: [{ sku: 'CUP', quantity: 11 }] });
    await handle(order);
    stock.levels.set('CUP', { available: 100, reserved: 0 });

    await expect(handle(order)).resolves.toEqual({ outcome: 'already_out_of_stock' });
    expect(level('CUP')).toEqual({ available: 100, reserved: 0 });
  });

  it('gives back what was reserved when the order is canceled, once', async () => {
    await handle(twoTeapots);

    await expect(handle(orderCanceled())).resolves.toEqual({ outcome: 'released' });
    await expect(handle(orderCanceled())).resolves.toEqual({ outcome: 'already_released' });
    expect(level('TEAPOT')).toEqual({ available: 5, reserved: 0 });
  });

  it('reserves nothing for an order that was canceled before it was placed', async () => {
    await expect(handle(orderCanceled())).resolves.toEqual({ outcome: 'canceled_before_reserved' });

    await expect(handle(twoTeapots)).resolves.toEqual({ outcome: 'ignored_canceled' });
    expect(level('TEAPOT')).toEqual({ available: 5, reserved: 0 });
  });

  it('deducts what was reserved when the order ships, once', async () => {
    await handle(twoTeapots);

    await expect(handle(orderShipped())).resolves.toEqual({ outcome: 'deducted' });
    await expect(handle(orderShipped())).resolves.toEqual({ outcome: 'already_deducted' });
    expect(level('TEAPOT')).toEqual({ available: 3, reserved: 0 });
  });

  it('deducts at once when the order shipped before it was heard of', async () => {
    await expect(handle(orderShipped())).resolves.toEqual({ outcome: 'shipped_before_reserved' });

    await expect(handle(twoTeapots)).resolves.toEqual({ outcome: 'deducted' });
    expect(level('TEAPOT')).toEqual({ available: 3, reserved: 0 });
  });

  it('records an order without items', async () => {
    await expect(handle(orderPlaced({ items: [] }))).resolves.toEqual({ outcome: 'reserved' });
    await expect(handle(orderShipped())).resolves.toEqual({ outcome: 'deducted' });
  });

  it('tries again when the stock is being moved for another order', async () => {
    let conflicts = 2;
    stock.beforeWrite = () => {
      if (conflicts-- > 0) throw new ConflictError('The stock is being moved');
    };

    await expect(handle(twoTeapots)).resolves.toEqual({ outcome: 'reserved' });
    expect(level('TEAPOT')).toEqual({ available: 3, reserved: 2 });
  });

  it('fails for a while when it keeps being moved, having changed nothing', async () => {
    stock.beforeWrite = () => {
      throw new ConflictError('The stock is being moved');
    };

    const failure = await handle(twoTeapots).catch((error: unknown) => error);

    expect(failureKind(failure)).toBe('passing');
    expect(level('TEAPOT')).toEqual({ available: 5, reserved: 0 });
  });

  it('fails when DynamoDB is down, and does it all at a later try', async () => {
    stock.beforeWrite = () => {
      throw new DependencyDownError('DynamoDB down');
    };
    await expect(handle(twoTeapots)).rejects.toThrow('DynamoDB down');

    stock.beforeWrite = () => undefined;
    await expect(handle(twoTeapots)).resolves.toEqual({ outcome: 'reserved' });
  });

  it('fails for good, by name, when the books hold less than was reserved', async () => {
    await handle(twoTeapots);
    stock.levels.set('TEAPOT', { available: 3, reserved: 1 });

    const failing = handle(orderShipped());

    await expect(failing).rejects.toThrow(StockMismatchError);
    await expect(failing).rejects.toThrow(/Order 12345 .*TEAPOT \(2\).*redrive/);
    expect(status()).toBe('reserved');
  });

  it('loses and makes no goods, in every order of the events of several orders', async () => {
    const order = (order_id: string, quantity: number) => [
      orderPlaced({ order_id, items: [{ sku: 'TEAPOT', quantity }] }),
      orderShipped({ order_id }),
      orderCanceled({ order_id }),
    ];
    const event = fc.constantFrom(...order('1', 1), ...order('2', 2), ...order('3', 3));

    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 20 }), async events => {
        const ledger = new InMemoryStockLedger({ TEAPOT: 5 });
        const process = inventoryProcessing({ stock: ledger });

        for (const each of events) await process(each);

        const { available, reserved } = ledger.levels.get('TEAPOT') ?? { available: 0, reserved: 0 };
        const quantityOf = (id: string) => Number(id);
        const inState = (wanted: string) =>
          [...ledger.states]
            .filter(([, { state }]) => state.status === wanted)
            .reduce((sum, [id]) => sum + quantityOf(id), 0);
        expect(reserved).toBe(inState('reserved'));
        expect(available).toBe(5 - inState('reserved') - inState('deducted'));
      }),
      { numRuns: 300 },
    );
  });
});
