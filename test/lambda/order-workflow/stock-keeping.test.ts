import { stockKeeping } from '../../../lambda/order-workflow/stock-keeping.ts';
import { DependencyDownError } from '../../../lambda/shared/failures.ts';
import { orderPlaced } from '../../support/order-events.ts';
import { InMemoryStockLedger } from '../../support/stock-ledger.ts';

describe('stockKeeping', () => {
  let stock: InMemoryStockLedger;
  let ask: (command: 'reserve' | 'release', quantity?: number) => Promise<unknown>;

  beforeEach(() => {
    stock = new InMemoryStockLedger({ TEAPOT: 5 });
    const keep = stockKeeping({ stock });
    ask = (command, quantity = 2) =>
      keep({ command, order: orderPlaced({ items: [{ sku: 'TEAPOT', quantity }] }) }).then(
        ({ answer }) => answer,
      );
  });

  const level = () => stock.levels.get('TEAPOT');

  it('reserves once, however often it is asked, and answers the same', async () => {
    await expect(ask('reserve')).resolves.toEqual({ status: 'reserved' });
    await expect(ask('reserve')).resolves.toEqual({ status: 'reserved' });
    expect(level()).toEqual({ available: 3, reserved: 2 });
  });

  it('releases once what was reserved', async () => {
    await ask('reserve');

    await expect(ask('release')).resolves.toEqual({ status: 'released' });
    await expect(ask('release')).resolves.toEqual({ status: 'released' });
    expect(level()).toEqual({ available: 5, reserved: 0 });
  });

  it('never releases what was not reserved', async () => {
    await expect(ask('release')).resolves.toEqual({ status: 'nothing_reserved' });
    expect(level()).toEqual({ available: 5, reserved: 0 });
  });

  it('nor what was out of stock', async () => {
    await expect(ask('reserve', 6)).resolves.toEqual({ status: 'out_of_stock' });
    await expect(ask('release', 6)).resolves.toEqual({ status: 'nothing_reserved' });
    expect(level()).toEqual({ available: 5, reserved: 0 });
  });

  it('reserves nothing for an order that was released before, by a try that came late', async () => {
    await ask('release');

    await expect(ask('reserve')).resolves.toEqual({ status: 'not_reserved' });
    expect(level()).toEqual({ available: 5, reserved: 0 });
  });

  it('has changed nothing when the table is down', async () => {
    stock.beforeWrite = () => {
      throw new DependencyDownError('down');
    };

    await expect(ask('reserve')).rejects.toThrow(DependencyDownError);
    expect(level()).toEqual({ available: 5, reserved: 0 });
  });
});
