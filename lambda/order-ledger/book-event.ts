import { parseEnvironment } from '../../contracts/environment.ts';
import { bookedEvents } from '../../contracts/ledger.ts';
import { ledgerEnvironment } from '../../contracts/order-ledger.ts';
import { documentClient } from '../shared/dynamodb-client.ts';
import { queueConsumer } from '../shared/queue-consumer.ts';
import { booking } from './booking.ts';
import { LedgerStore } from './ledger-store.ts';

const { TABLE_NAME: tableName } = parseEnvironment(ledgerEnvironment, process.env);

export const handler = queueConsumer({
  selection: bookedEvents,
  subjectField: 'order_id',
  keepsGroupOrder: true,
  handle: booking({ ledger: new LedgerStore(documentClient(), tableName) }),
});
