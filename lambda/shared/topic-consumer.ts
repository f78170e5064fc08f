import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Context, SNSEvent, SNSMessage } from 'aws-lambda';
import { countFailures } from './failure-metrics.ts';
import { errorFrom, failureKind } from './failures.ts';
import { parseEvent, parseJson, textField } from './message-body.ts';
import type { QueueConsumerOptions } from './queue-consumer.ts';

export type SnsHandler = (event: SNSEvent, context: Context) => Promise<void>;

/**
 * Makes a Lambda handler of a function that a topic invokes, with one event at a time.
 *
 * An event that fails is thrown: Lambda then tries it again, and sends it to the function's on-failure
 * destination in the end. It cannot be told that trying again is of no use, so that what can never succeed is
 * tried as often. Each event leaves one log line with its outcome; those that fail count in metrics too.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export function topicConsumer<Event extends { readonly event_type: string; readonly correlation_id: string }>(
  options: Omit<QueueConsumerOptions<Event>, 'inParallel'>,
): SnsHandler {
  const { selection, subjectField, handle } = options;
  const logger = new Logger();
  const metrics = new Metrics();

  async function handleMessage({ MessageId, Message }: SNSMessage, context: Context): Promise<void> {
    const delivery = {
      id: `${context.awsRequestId}/${MessageId}`,
      remainingTimeInMs: () => context.getRemainingTimeInMillis(),
    };
    let subject: Readonly<Record<string, unknown>> = {};
    try {
      const content = parseJson(Message);
      subject = {
        event_type: textField(content, 'event_type'),
        [subjectField]: textField(content, subjectField),
        correlation_id: textField(content, 'correlation_id'),
      };
      const { outcome, details } = await handle(parseEvent(content, selection), delivery);
      logger.info('Event handled', { outcome, ...subject, message_id: MessageId, ...details });
    } catch (thrown) {
      const error = errorFrom(thrown);
      const kind = failureKind(error);
      const level = kind === 'passing' ? 'warn' : 'error';
      logger[level]('Event failed', {
        outcome: 'failed',
        failure: kind,
        ...subject,
        message_id: MessageId,
        error,
      });
      countFailures(metrics, [error]);
      throw error;
    }
  }

  return async ({ Records }, context) => {
    logger.addContext(context);
    for (const { Sns } of Records) await handleMessage(Sns, context);
  };
}
