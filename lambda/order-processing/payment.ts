import { parseEnvironment } from '../../contracts/environment.ts';
import { paymentEnvironment } from '../../contracts/order-processing.ts';
import { paymentEvents } from '../../contracts/orders.ts';
import { documentClient } from '../shared/dynamodb-client.ts';
import { queueConsumer } from '../shared/queue-consumer.ts';
import { HttpPaymentGateway } from './http-payment-gateway.ts';
import { paymentProcessing } from './payment-processing.ts';
import { paymentStore } from './payment-store.ts';
import { SimulatedPaymentGateway } from './simulated-payment-gateway.ts';

const {
  TABLE_NAME: tableName,
  PAYMENT_GATEWAY_URL: baseUrl,
  SIMULATED_GATEWAY_FAILS: failingOrders,
} = parseEnvironment(paymentEnvironment, process.env);

export const handler = queueConsumer({
  selection: paymentEvents,
  subjectField: 'order_id',
  handle: paymentProcessing({
    payments: paymentStore(documentClient(), tableName),
    gateway:
      baseUrl === undefined
        ? new SimulatedPaymentGateway(failingOrders.split(',').map(id => id.trim()))
        : new HttpPaymentGateway({ baseUrl }),
  }),
});
