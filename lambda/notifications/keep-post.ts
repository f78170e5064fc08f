import { parseEnvironment } from '../../contracts/environment.ts';
import { keepPostEnvironment } from '../../contracts/notifications.ts';
import { documentClient } from '../shared/dynamodb-client.ts';
import { postConsumer } from './post-consumer.ts';
import { postKeeping } from './post-keeping.ts';
import { PostTable } from './post-table.ts';

const environment = parseEnvironment(keepPostEnvironment, process.env);

export const handler = postConsumer(
  environment.PAYLOAD_BUCKET,
  postKeeping({ archive: new PostTable(documentClient(), environment.TABLE_NAME) }),
);
