import { parseEnvironment } from '../../contracts/environment.ts';
import { eventLogEnvironment } from '../../contracts/user-signup.ts';
import { loggedEvents } from '../../contracts/users.ts';
import { documentClient } from '../shared/dynamodb-client.ts';
import { queueConsumer } from '../shared/queue-consumer.ts';
import { EventLogTable } from './event-log-table.ts';
import { eventLogging } from './event-logging.ts';

const { TABLE_NAME: tableName } = parseEnvironment(eventLogEnvironment, process.env);

export const handler = queueConsumer({
  selection: loggedEvents,
  subjectField: 'user_id',
  handle: eventLogging({ log: new EventLogTable(documentClient(), tableName) }),
});
