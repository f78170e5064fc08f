import { parseEnvironment } from '../../contracts/environment.ts';
import { keepStockEnvironment, stockTask } from '../../contracts/order-workflow.ts';
import { StockStore } from '../orders/stock-store.ts';
import { documentClient } from '../shared/dynamodb-client.ts';
import { stockKeeping } from './stock-keeping.ts';
import { taskHandler } from './task-handler.ts';

const { TABLE_NAME: tableName } = parseEnvironment(keepStockEnvironment, process.env);

export const handler = taskHandler({
  schema: stockTask,
  handle: stockKeeping({ stock: new StockStore(documentClient(), tableName) }),
});
