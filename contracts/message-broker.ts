import * as v from 'valibot';
import { type BrokerQueue, BrokerTopology, brokerAddresses } from './broker.ts';
import { commonEnvironment, required, seconds } from './environment.ts';
import type { EventOf } from './events.ts';
import { type OrderEvents, orderEvents } from './orders.ts';
import type { JobContract } from './worker.ts';

/** Namespace of the metrics that this system's functions and workers emit. */
export const metricsNamespace = 'MessageBroker';

/** Orders that the warehouse picks, and those that it no longer need. */
export const warehouseEvents = orderEvents.select('order_placed', 'order_canceled');
export type WarehouseEvent = EventOf<OrderEvents, 'order_placed' | 'order_canceled'>;

/** Orders that are to be invoiced. */
export const invoiceEvents = orderEvents.select('order_placed');

export const warehouseQueue: BrokerQueue<WarehouseEvent> = {
  name: 'warehouse',
  events: warehouseEvents,
  deliveryLimit: 5,
};

export const invoiceQueue: BrokerQueue<EventOf<OrderEvents, 'order_placed'>> = {
  name: 'invoices',
  events: invoiceEvents,
  deliveryLimit: 5,
};

/** What is on the broker. Whoever publishes or consumes declares all of it first: who comes first is open. */
export const orderTopology = new BrokerTopology({
  exchange: 'orders',
  queues: [warehouseQueue, invoiceQueue],
});

/** Where a broker is, and who to be there. */
export const brokerAccess = {
  BROKER_ADDRESSES: brokerAddresses,
  /** Secret that holds name and password, read whenever a connection is opened. */
  BROKER_SECRET_ARN: required,
};

/** Carries an event of an order from SQS to the broker; such as a queue there is for. */
export const publishToBrokerJob = {
  kind: 'publish-to-broker',
  message: warehouseEvents.schema,
  environment: v.object(brokerAccess),
} satisfies JobContract<WarehouseEvent, v.ObjectSchema<typeof brokerAccess, undefined>>;

/** What every program reads that consumes a queue of a broker. */
export const brokerConsumerEnvironment = v.object({
  ...commonEnvironment,
  ...brokerAccess,
  AWS_REGION: required,
  /** Dimension `service` of the metrics, and on every log line. */
  POWERTOOLS_SERVICE_NAME: required,
  POWERTOOLS_METRICS_NAMESPACE: required,
  /** Messages in hand at a time. */
  PREFETCH: v.optional(
    v.pipe(v.string(), v.regex(/^[1-9]\d{0,3}$/, 'expected 1 to 9999'), v.transform(Number)),
    '20',
  ),
  /** A failed message is tried again after this long, doubled at each failure … */
  RETRY_FIRST_SECONDS: v.optional(seconds(0, 600), '1'),
  /** … but never after more than this. */
  RETRY_LAST_SECONDS: v.optional(seconds(0, 600), '60'),
  /** How long messages in hand may take after SIGTERM; what is then unfinished goes back to the queue. */
  SHUTDOWN_SECONDS: v.optional(seconds(0, 600), '25'),
  /** Port of `http://127.0.0.1/health`; 0 for any that is free. */
  HEALTH_PORT: v.optional(
    v.pipe(v.string(), v.regex(/^\d{1,5}$/, 'expected a port'), v.transform(Number)),
    '8080',
  ),
});

/** What the warehouse reads. */
export const warehouseEnvironment = v.object({
  ...brokerConsumerEnvironment.entries,
  TABLE_NAME: required,
});

/** What the function reads that opens invoices. */
export const invoiceEnvironment = v.object({
  ...commonEnvironment,
  TABLE_NAME: required,
  /** Where messages go that can never be handled: the broker hears nothing of them. */
  REJECTS_QUEUE_URL: v.pipe(v.string(), v.url()),
});
