import { parseEnvironment } from '../../contracts/environment.ts';
import { cancellationTask, cancelPaymentEnvironment } from '../../contracts/order-workflow.ts';
import { paymentStore } from '../orders/payment-store.ts';
import { documentClient } from '../shared/dynamodb-client.ts';
import { gatewayOf } from './gateway.ts';
import { paymentCancellation } from './payment-cancellation.ts';
import { taskHandler } from './task-handler.ts';

const environment = parseEnvironment(cancelPaymentEnvironment, process.env);

export const handler = taskHandler({
  schema: cancellationTask,
  handle: paymentCancellation({
    payments: paymentStore(documentClient(), environment.TABLE_NAME),
    gateway: gatewayOf(environment),
  }),
});
