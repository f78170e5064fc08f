import { parseEnvironment } from '../../contracts/environment.ts';
import { paymentTask, takePaymentEnvironment } from '../../contracts/order-workflow.ts';
import { cardToken } from '../../contracts/orders.ts';
import { paymentStore } from '../orders/payment-store.ts';
import { documentClient } from '../shared/dynamodb-client.ts';
import { FieldDecryptor } from '../shared/field-decryptor.ts';
import { kmsClient } from '../shared/kms-client.ts';
import { messageConsumer } from '../shared/message-consumer.ts';
import { gatewayOf } from './gateway.ts';
import { paymentTaking } from './payment-taking.ts';
import { sfnClient } from './sfn-client.ts';
import { SfnTasks } from './sfn-tasks.ts';
import { parseTask, subjectOf } from './task-message.ts';

const environment = parseEnvironment(takePaymentEnvironment, process.env);
const { TABLE_NAME: tableName, CARD_TOKEN_KEY_ARN: keyArn } = environment;

export const handler = messageConsumer({
  parse: content => parseTask(paymentTask, content),
  subjectOf,
  handle: paymentTaking({
    tasks: new SfnTasks(sfnClient()),
    payments: paymentStore(documentClient(), tableName),
    cardTokens: new FieldDecryptor(cardToken, { kms: kmsClient(), keyArn }),
    gateway: gatewayOf(environment),
  }),
});
