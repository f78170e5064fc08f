import { parseEnvironment } from '../../contracts/environment.ts';
import { invoiceEnvironment, invoiceEvents } from '../../contracts/message-broker.ts';
import { brokerConsumer } from '../shared/broker-consumer.ts';
import { documentClient } from '../shared/dynamodb-client.ts';
import { QueueSender } from '../shared/queue-sender.ts';
import { sqsClient } from '../shared/sqs-client.ts';
import { InvoiceStore } from './invoice-store.ts';
import { invoicing } from './invoicing.ts';

const environment = parseEnvironment(invoiceEnvironment, process.env);

export const handler = brokerConsumer({
  selection: invoiceEvents,
  subjectField: 'order_id',
  handle: invoicing({ invoices: new InvoiceStore(documentClient(), environment.TABLE_NAME) }),
  rejects: new QueueSender({
    sqs: sqsClient(environment.REJECTS_QUEUE_URL),
    queueUrl: environment.REJECTS_QUEUE_URL,
  }),
});
