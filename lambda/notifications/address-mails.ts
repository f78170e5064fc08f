import { parseEnvironment } from '../../contracts/environment.ts';
import { addressMailsEnvironment } from '../../contracts/notifications.ts';
import { mails } from '../../contracts/posts.ts';
import { documentClient } from '../shared/dynamodb-client.ts';
import { QueueSender } from '../shared/queue-sender.ts';
import { sqsClient } from '../shared/sqs-client.ts';
import { mailAddressing } from './mail-addressing.ts';
import { mailingStore } from './mailing-store.ts';
import { postConsumer } from './post-consumer.ts';
import { ReaderTable } from './reader-table.ts';

const environment = parseEnvironment(addressMailsEnvironment, process.env);

const documents = documentClient();
const queue = new QueueSender({
  sqs: sqsClient(environment.QUEUE_URL),
  queueUrl: environment.QUEUE_URL,
});

export const handler = postConsumer(
  environment.PAYLOAD_BUCKET,
  mailAddressing({
    readers: new ReaderTable(documents, environment.READERS_TABLE),
    mailings: mailingStore(documents, environment.MAILINGS_TABLE),
    mails: { sendAll: due => queue.sendAll(due.map(mail => mails.encode(mail))) },
  }),
);
