import { parseEnvironment } from '../../contracts/environment.ts';
import { shippingEnvironment } from '../../contracts/order-processing.ts';
import { shippingEvents } from '../../contracts/orders.ts';
import { documentClient } from '../shared/dynamodb-client.ts';
import { queueConsumer } from '../shared/queue-consumer.ts';
import { shippingProcessing } from './shipping-processing.ts';
import { shippingStore } from './shipping-store.ts';

const { TABLE_NAME: tableName } = parseEnvironment(shippingEnvironment, process.env);

export const handler = queueConsumer({
  selection: shippingEvents,
  subjectField: 'order_id',
  handle: shippingProcessing({ shipments: shippingStore(documentClient(), tableName) }),
});
