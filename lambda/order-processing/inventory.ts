import { parseEnvironment } from '../../contracts/environment.ts';
import { inventoryEnvironment } from '../../contracts/order-processing.ts';
import { inventoryEvents } from '../../contracts/orders.ts';
import { inventoryProcessing } from '../orders/inventory-processing.ts';
import { StockStore } from '../orders/stock-store.ts';
import { documentClient } from '../shared/dynamodb-client.ts';
import { queueConsumer } from '../shared/queue-consumer.ts';

const { TABLE_NAME: tableName } = parseEnvironment(inventoryEnvironment, process.env);

export const handler = queueConsumer({
  selection: inventoryEvents,
  subjectField: 'order_id',
  handle: inventoryProcessing({ stock: new StockStore(documentClient(), tableName) }),
  // Orders of one batch want the same SKUs more often than not: side by side, their transactions conflict.
  inParallel: false,
});
