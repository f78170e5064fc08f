import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { failureHeaders } from '../../contracts/broker.ts';
import { countFailures } from './failure-metrics.ts';
import { errorFrom, failureKind } from './failures.ts';
import { parseEvent, parseJson, textField } from './message-body.ts';
import type { QueueConsumerOptions } from './queue-consumer.ts';
import type { QueueMessage } from './queue-sender.ts';

/** A message of RabbitMQ as Lambda hands it over. */
export interface RabbitMqMessage {
  readonly basicProperties: {
    readonly messageId?: string | null;
    readonly headers?: Readonly<Record<string, unknown>> | null;
  };
  readonly redelivered: boolean;
  /** The body, in Base64. */
  readonly data: string;
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html */
export interface RabbitMqEvent {
  readonly eventSource: string;
  readonly eventSourceArn: string;
  /** Messages by `queue::virtual host`. */
  readonly rmqMessagesByQueue: Readonly<Record<string, readonly RabbitMqMessage[]>>;
}

export type BrokerHandler = (event: RabbitMqEvent, context: Context) => Promise<void>;

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

  async function handleMessage(queue: string, message: RabbitMqMessage, context: Context): Promise<void> {
    const body = Buffer.from(message.data, 'base64').toString();
    const { messageId } = message.basicProperties;
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

  return async ({ rmqMessagesByQueue }, context) => {
    logger.addContext(context);
    for (const [place, messages] of Object.entries(rmqMessagesByQueue)) {
      const [queue = place] = place.split('::');
      for (const message of messages) await handleMessage(queue, message, context);
    }
  };
}
