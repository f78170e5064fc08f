import { brokerMessageOf } from '../../contracts/broker.ts';
import { orderTopology, publishToBrokerJob, type WarehouseEvent } from '../../contracts/message-broker.ts';
import { orderEvents } from '../../contracts/orders.ts';
import { openPublisher } from '../broker/broker-clients.ts';
import { secretCredentials } from '../broker/credentials.ts';
import type { MessagePublisher } from '../broker/message-publisher.ts';
import { defineJob, type JobOutcome } from '../job.ts';
import { jsonLog } from '../observability/log.ts';

/**
 * Carries events from a queue on SQS to a broker. An event is deleted there once the broker has confirmed it: one
 * that it took without saying so is carried twice.
 */
export function eventCarrying(broker: Pick<MessagePublisher, 'publish'>) {
  return async (event: WarehouseEvent): Promise<JobOutcome> => {
    await broker.publish(brokerMessageOf(event, orderEvents.encode(event)));
    return { outcome: 'published' };
  };
}

export const job = defineJob({
  contract: publishToBrokerJob,
  subject: ({ event_type, order_id, correlation_id }) => ({ event_type, order_id, correlation_id }),
  open({ BROKER_ADDRESSES, BROKER_SECRET_ARN }) {
    const broker = openPublisher({
      addresses: BROKER_ADDRESSES,
      credentials: secretCredentials(BROKER_SECRET_ARN),
      name: publishToBrokerJob.kind,
      topology: orderTopology,
      log: jsonLog({ level: 'INFO', service: publishToBrokerJob.kind }),
    });
    return { run: eventCarrying(broker), close: () => broker.close() };
  },
});
