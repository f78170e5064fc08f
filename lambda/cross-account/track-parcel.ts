import { trackParcelEnvironment } from '../../contracts/cross-account.ts';
import { parseEnvironment } from '../../contracts/environment.ts';
import { trackedEvents } from '../../contracts/parcels.ts';
import { documentClient } from '../shared/dynamodb-client.ts';
import { queueConsumer } from '../shared/queue-consumer.ts';
import { parcelStore } from './parcel-store.ts';
import { parcelTracking } from './parcel-tracking.ts';

const { TABLE_NAME: tableName } = parseEnvironment(trackParcelEnvironment, process.env);

export const handler = queueConsumer({
  selection: trackedEvents,
  subjectField: 'parcel_id',
  handle: parcelTracking({ parcels: parcelStore(documentClient(), tableName) }),
});
