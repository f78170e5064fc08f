import { showPriceEnvironment } from '../../contracts/cross-region.ts';
import { parseEnvironment } from '../../contracts/environment.ts';
import { shownPrices } from '../../contracts/prices.ts';
import { documentClient } from '../shared/dynamodb-client.ts';
import { queueConsumer } from '../shared/queue-consumer.ts';
import { priceShowing } from './price-showing.ts';
import { priceStore } from './price-store.ts';

const { TABLE_NAME: tableName } = parseEnvironment(showPriceEnvironment, process.env);

export const handler = queueConsumer({
  selection: shownPrices,
  subjectField: 'product_id',
  handle: priceShowing({ prices: priceStore(documentClient(), tableName) }),
});
