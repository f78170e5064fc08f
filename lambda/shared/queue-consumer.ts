import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { EventSelection } from '../../contracts/events.ts';
import { failedRecordsMetric } from '../../contracts/metrics.ts';
import { errorFrom, type FailureKind, failureKind, OutOfTimeError } from './failures.ts';
import { parseEvent, parseJson, textField } from './message-body.ts';

/** What was done about an event, in a word that metrics and people can count: `charged`, `out_of_stock`. */
export interface Handled {
  readonly outcome: string;
  /** More for the log line. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The delivery that an event came in. */
export interface Delivery {
  /** Differs at each delivery of the same message, and from message to message. */
  readonly id: string;
  readonly remainingTimeInMs: () => number;
}

export interface QueueConsumerOptions<Event> {
  /** The events to take; the same selection makes the subscription's filter policy. */
  readonly selection: EventSelection<Event>;

  /**
   * Does what an event asks for, and answers what was done. Must stand being called again with the same
   * event, at any time and at the same time.
   */
  readonly handle: (event: Event, delivery: Delivery) => Promise<Handled>;

  /** Field that names what events are about, on every log line. */
  readonly subjectField: keyof Event & string;

  /**
   * Whether the records of a batch are handled side by side. One after the other is better where they
   * would get in each other's way.
   *
   * @default true
   */
  readonly inParallel?: boolean;
}

type SqsHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

const metricByKind: Record<FailureKind, string> = {
  permanent: `${failedRecordsMetric}Permanent`,
  passing: `${failedRecordsMetric}Passing`,
  unexpected: `${failedRecordsMetric}Unexpected`,
};

/**
 * Makes a Lambda handler of a function that handles one event.
 *
 * Records that fail are answered as item failures, so that they alone come back; a batch that fails as a
 * whole is answered too, since a thrown one would count as a crash and slow the polling down. Each record
 * leaves one log line with its outcome; failed ones also count in metrics, as a partial answer does not
 * count as an error of the function.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function queueConsumer<Event extends { readonly event_type: string; readonly correlation_id: string }>(
  options: QueueConsumerOptions<Event>,
): SqsHandler {
  const { selection, handle, subjectField, inParallel = true } = options;
  const logger = new Logger();
  const metrics = new Metrics();

  async function handleRecord(record: SQSRecord, context: Context, time: TimeBudget): Promise<void> {
    const delivery = {
      message_id: record.messageId,
      receive_count: Number(record.attributes.ApproximateReceiveCount),
    };
    let subject: Readonly<Record<string, unknown>> = {};
    try {
      const content = parseJson(record.body);
      subject = {
        event_type: textField(content, 'event_type'),
        [subjectField]: textField(content, subjectField),
        correlation_id: textField(content, 'correlation_id'),
      };
      if (!inParallel) time.claim();
      const { outcome, details } = await handle(parseEvent(content, selection), {
        id: `${context.awsRequestId}/${record.messageId}`,
        remainingTimeInMs: () => context.getRemainingTimeInMillis(),
      });
      logger.info('Record handled', { outcome, ...subject, ...delivery, ...details });
    } catch (thrown) {
      const error = errorFrom(thrown);
      const kind = failureKind(error);
      const level = kind === 'passing' ? 'warn' : 'error';
      logger[level]('Record failed', { outcome: 'failed', failure: kind, ...subject, ...delivery, error });
      throw error;
    }
  }

  return async (event, context) => {
    logger.addContext(context);
    // One for each invocation: a processor keeps the batch that it is working on.
    const processor = new BatchProcessor(EventType.SQS);
    const time = new TimeBudget(context);
    const response = await processPartialResponse(
      event,
      (record: SQSRecord) => handleRecord(record, context, time),
      processor,
      { context, throwOnFullBatchFailure: false, processInParallel: inParallel },
    );
    count(processor.errors);
    return response;
  };

  function count(errors: readonly Error[]): void {
    if (errors.length === 0) return;
    metrics.addMetric(failedRecordsMetric, MetricUnit.Count, errors.length);
    for (const [kind, ofKind] of Map.groupBy(errors, failureKind)) {
      metrics.addMetric(metricByKind[kind], MetricUnit.Count, ofKind.length);
    }
    metrics.publishStoredMetrics();
  }
}

/**
 * Keeps a batch that is handled one record after the other from running into the function's timeout,
 * which would bring back the records that were done too.
 */
class TimeBudget {
  readonly #remaining: () => number;
  #atLastClaim: number | undefined;
  #slowest = 0;

  constructor(context: Context) {
    this.#remaining = () => context.getRemainingTimeInMillis();
  }

  /** @throws OutOfTimeError when less is left than the slowest record so far took. */
  claim(): void {
    const remaining = this.#remaining();
    if (this.#atLastClaim !== undefined) {
      this.#slowest = Math.max(this.#slowest, this.#atLastClaim - remaining);
      if (remaining < this.#slowest) {
        throw new OutOfTimeError(
          `${remaining} ms of the invocation are left, and a record took up to ${this.#slowest} ms. ` +
            'The message comes back in another batch.',
        );
      }
    }
    this.#atLastClaim = remaining;
  }
}
