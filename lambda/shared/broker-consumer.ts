import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { failureHeaders } from '../../contracts/broker.ts';
import { type ActiveMqEvent, type BrokerDelivery, deliveriesIn, type RabbitMqEvent } from './broker-event.ts';
import { countFailures } from './failure-metrics.ts';
import { errorFrom, failureKind } from './failures.ts';
import { parseEvent, parseJson, textField } from './message-body.ts';
import type { QueueConsumerOptions } from './queue-consumer.ts';
import type { QueueMessage } from './queue-sender.ts';

/** What Lambda hands over of a broker's messages. */
export type BrokerEvent = RabbitMqEvent | ActiveMqEvent;

export type BrokerHandler = (event: BrokerEvent, context: Context) => Promise<void>;

export interface BrokerConsumerOptions<Event>
  extends Pick<QueueConsumerOptions<Event>, 'selection' | 'subjectField' | 'handle'> {
  /** Where messages go that can never be handled. */
  readonly rejects: { send(message: QueueMessage): Promise<void> };
}

/**
 * Makes a Lambda handler of a function that handles one event of a broker's queue.
 *
 * Lambda acknowledges a batch as a whole, or hands it out again as a whole, for as long as it takes. So what a
 * later try may mend is thrown, and whatever else fails is put aside with the reason: it would hold up all that is
 * behind it for good. Messages that were handled before in the same batch come again with those that were not.
 */
export function brokerConsumer<
  Event extends { readonly event_type: string; readonly correlation_id: string },
>(options: BrokerConsumerOptions<Event>): BrokerHandler {
  const { selection, subjectField, handle, rejects } = options;
  const logger = new Logger();
  const metrics = new Metrics();

  async function handleMessage(message: BrokerDelivery, context: Context): Promise<void> {
    const { body, queue, messageId } = message;
    const received = { queue, message_id: messageId, redelivered: message.redelivered };
    let subject: Readonly<Record<string, unknown>> = {};
    try {
      const content = parseJson(body);
      subject = {
        event_type: textField(content, 'event_type'),
        [subjectField]: textField(content, subjectField),
        correlation_id: textField(content, 'correlation_id'),
      };
      const { outcome, details } = await handle(parseEvent(content, selection), {
        id: `${context.awsRequestId}/${messageId}`,
        remainingTimeInMs: () => context.getRemainingTimeInMillis(),
      });
      logger.info('Record handled', { outcome, ...subject, ...received, ...details });
    } catch (thrown) {
      const error = errorFrom(thrown);
      const kind = failureKind(error);
      countFailures(metrics, [error]);
      if (kind === 'passing') {
        logger.warn('Record failed', { outcome: 'failed', failure: kind, ...subject, ...received, error });
        throw error;
      }
      await rejects.send({
        body,
        attributes: {
          [failureHeaders.reason]: `${error.name}: ${error.message}`.slice(0, 1_024),
          [failureHeaders.kind]: kind,
          [failureHeaders.queue]: queue,
        },
      });
      logger.error('Record put aside', { outcome: 'failed', failure: kind, ...subject, ...received, error });
    }
  }

  return async (event, context) => {
    logger.addContext(context);
    for (const delivery of deliveriesIn(event)) await handleMessage(delivery, context);
  };
}
