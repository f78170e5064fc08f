import { orderTopology, warehouseEnvironment, warehouseQueue } from '../../contracts/message-broker.ts';
import { runConsumerProcess } from '../broker/consumer-process.ts';
import { DynamoDbPickStore } from './pick-store.ts';
import { picking } from './picking.ts';

process.exit(
  await runConsumerProcess({
    queue: warehouseQueue,
    topology: orderTopology,
    environment: warehouseEnvironment,
    subject: ({ event_type, order_id, correlation_id }) => ({ event_type, order_id, correlation_id }),
    open: ({ TABLE_NAME }) => picking(new DynamoDbPickStore(TABLE_NAME)),
  }),
);
