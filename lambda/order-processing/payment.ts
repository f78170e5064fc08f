import { parseEnvironment } from '../../contracts/environment.ts';
import { paymentEnvironment } from '../../contracts/order-processing.ts';
import { cardToken, paymentEvents } from '../../contracts/orders.ts';
import { HttpPaymentGateway } from '../orders/http-payment-gateway.ts';
import { paymentProcessing } from '../orders/payment-processing.ts';
import { paymentStore } from '../orders/payment-store.ts';
import { SimulatedPaymentGateway } from '../orders/simulated-payment-gateway.ts';
import { documentClient } from '../shared/dynamodb-client.ts';
import { FieldDecryptor } from '../shared/field-decryptor.ts';
import { kmsClient } from '../shared/kms-client.ts';
import { queueConsumer } from '../shared/queue-consumer.ts';

const {
  TABLE_NAME: tableName,
  CARD_TOKEN_KEY_ARN: keyArn,
  PAYMENT_GATEWAY_URL: baseUrl,
  SIMULATED_GATEWAY_FAILS: failingOrders,
} = parseEnvironment(paymentEnvironment, process.env);

export const handler = queueConsumer({
  selection: paymentEvents,
  subjectField: 'order_id',
  handle: paymentProcessing({
    payments: paymentStore(documentClient(), tableName),
    cardTokens: new FieldDecryptor(cardToken, { kms: kmsClient(), keyArn }),
    gateway:
      baseUrl === undefined
        ? new SimulatedPaymentGateway(failingOrders.split(',').map(id => id.trim()))
        : new HttpPaymentGateway({ baseUrl }),
  }),
});
