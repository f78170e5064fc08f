import type { PriceChanged } from '../../../contracts/prices.ts';
import { priceShowing, RevisionConflictError } from '../../../lambda/cross-region/price-showing.ts';
import { priceStore } from '../../../lambda/cross-region/price-store.ts';
import { failureKind } from '../../../lambda/shared/failures.ts';
import { DynamoDbServer } from '../../support/dynamodb-server.ts';
import { InMemoryStates } from '../../support/in-memory-states.ts';

const price = (price_minor: number, revision: number): PriceChanged => ({
  event_type: 'price_changed',
  correlation_id: 'request-1',
  product_id: 'book',
  price_minor,
  revision,
});

describe('priceShowing', () => {
  it('shows the highest revision, in whatever order they come, and however often', async () => {
    const show = priceShowing({ prices: new InMemoryStates() });
    expect(await show(price(100, 1))).toEqual({ outcome: 'price_shown', details: { revision: 1 } });
    expect(await show(price(300, 3))).toMatchObject({ outcome: 'price_shown' });
    expect(await show(price(200, 2))).toEqual({ outcome: 'price_outdated', details: { revision: 2 } });
    expect(await show(price(300, 3))).toMatchObject({ outcome: 'price_shown_before' });
  });

  it('refuses, for good, another price under the same revision', async () => {
    const prices = new InMemoryStates<object>();
    const show = priceShowing({ prices: prices as never });
    await show(price(100, 1));
    const refusal = await show(price(101, 1)).catch((error: unknown) => error as Error);
    expect(refusal).toBeInstanceOf(RevisionConflictError);
    expect(failureKind(refusal as Error)).toBe('permanent');
    expect((refusal as Error).message).toContain('revision 1 was 100 before, and is 101 now');
    expect(prices.states.get('book')?.state).toEqual({ price_minor: 100, revision: 1 });
  });

  it('keeps prices as items of the table of its region', async () => {
    const server = await DynamoDbServer.start();
    try {
      const tableName = await server.createTable();
      await priceShowing({ prices: priceStore(server.documents, tableName) })(price(100, 1));
      expect(await server.item(tableName, 'PRODUCT#book')).toMatchObject({ price_minor: 100, revision: 1 });
    } finally {
      await server.stop();
    }
  });
});
