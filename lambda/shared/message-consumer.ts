import {
  BatchProcessor,
  EventType,
  processPartialResponse,
  SqsFifoMessageGroupShortCircuitError,
  SqsFifoPartialProcessorAsync,
} from '@aws-lambda-powertools/batch';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { legacyPayloadSizeAttribute, payloadSizeAttribute } from '../../contracts/claim-check.ts';
import { leftRecordsMetric } from '../../contracts/metrics.ts';
import type { ClaimCheck } from './claim-check.ts';
import { countFailures } from './failure-metrics.ts';
import { BadMessageError, errorFrom, failureKind, OutOfTimeError } from './failures.ts';
import { parseJson } from './message-body.ts';

/** What was done about a message, in a word that metrics and people can count: `charged`, `out_of_stock`. */
export interface Handled {
  readonly outcome: string;
  /** More for the log line. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The delivery that a message came in. */
export interface Delivery {
  /** Differs at each delivery of the same message, and from message to message. */
  readonly id: string;
  readonly remainingTimeInMs: () => number;
}

export interface MessageConsumerOptions<Message> {
  /**
   * What a body's JSON says: one message, or several that are handled one after the other.
   *
   * @throws PermanentFailure naming what is wrong with it.
   */
  readonly parse: (content: unknown) => readonly Message[];

  /** What a body is about, for every log line; asked before it is parsed, so of whatever it may hold. */
  readonly subjectOf: (content: unknown) => Readonly<Record<string, unknown>>;

  /**
   * Does what a message asks for, and answers what was done. Must stand being called again with the same
   * message, at any time and at the same time.
   */
  readonly handle: (message: Message, delivery: Delivery) => Promise<Handled>;

  /**
   * Whether the records of a batch are handled side by side. One after the other is better where they
   * would get in each other's way.
   *
   * @default true, false where groups keep their order
   */
  readonly inParallel?: boolean;

  /**
   * Whether the records of a message group keep their order, as those of a FIFO queue must: after one that
   * fails, the later ones of its group are left for the next time, and other groups go on.
   *
   * @default false
   * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
   */
  readonly keepsGroupOrder?: boolean;

  /**
   * Where the bodies are of messages that were too large for queue or topic.
   *
   * @default - every message holds its body: one that points elsewhere fails for good
   */
  readonly claimCheck?: Pick<ClaimCheck, 'redeem'>;

  /**
   * Whether a body is no message, but what a service sends to see whether it may send: it is left at that.
   *
   * @default - every body is a message
   */
  readonly isProbe?: (body: string) => boolean;
}

export type SqsHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/**
 * Makes a Lambda handler of a function that handles one message.
 *
 * Records that fail are answered as item failures, so that they alone come back; a batch that fails as a
 * whole is answered too, since a thrown one would count as a crash and slow the polling down. Each message
 * leaves one log line with its outcome; failed records also count in metrics, as a partial answer does not
 * count as an error of the function.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function messageConsumer<Message>(options: MessageConsumerOptions<Message>): SqsHandler {
  const { parse, subjectOf, handle, claimCheck, keepsGroupOrder = false, isProbe = () => false } = options;
  const inParallel = options.inParallel ?? !keepsGroupOrder;
  const logger = new Logger();
  const metrics = new Metrics();

  async function handleRecord(record: SQSRecord, context: Context, time: TimeBudget): Promise<void> {
    const received = {
      message_id: record.messageId,
      receive_count: Number(record.attributes.ApproximateReceiveCount),
      message_group: record.attributes.MessageGroupId,
    };
    const delivery: Delivery = {
      id: `${context.awsRequestId}/${record.messageId}`,
      remainingTimeInMs: () => context.getRemainingTimeInMillis(),
    };
    if (isProbe(record.body)) {
      logger.info('Record handled', { outcome: 'probe', ...received });
      return;
    }
    let subject: Readonly<Record<string, unknown>> = {};
    try {
      const content = parseJson(await bodyOf(record, claimCheck));
      subject = subjectOf(content);
      if (!inParallel) time.claim();
      for (const message of parse(content)) {
        const { outcome, details } = await handle(message, delivery);
        logger.info('Record handled', { outcome, ...subject, ...received, ...details });
      }
    } catch (thrown) {
      const error = errorFrom(thrown);
      const kind = failureKind(error);
      const level = kind === 'passing' ? 'warn' : 'error';
      logger[level]('Record failed', { outcome: 'failed', failure: kind, ...subject, ...received, error });
      throw error;
    }
  }

  return async (event, context) => {
    logger.addContext(context);
    // One for each invocation: a processor keeps the batch that it is working on.
    const time = new TimeBudget(context);
    const handleOne = (record: SQSRecord) => handleRecord(record, context, time);
    if (keepsGroupOrder) {
      const processor = new SqsFifoPartialProcessorAsync();
      const settings = { context, throwOnFullBatchFailure: false, skipGroupOnError: true };
      const response = await processPartialResponse(event, handleOne, processor, settings);
      count(processor.errors);
      return response;
    }
    const processor = new BatchProcessor(EventType.SQS);
    const settings = { context, throwOnFullBatchFailure: false, processInParallel: inParallel };
    const response = await processPartialResponse(event, handleOne, processor, settings);
    count(processor.errors);
    return response;
  };

  function count(failures: readonly Error[]): void {
    // A record behind a failed one of its group was not tried: it comes back, and is no failure of its own.
    const errors = failures.filter(error => !(error instanceof SqsFifoMessageGroupShortCircuitError));
    if (errors.length < failures.length) {
      logger.info('Records left behind failed ones of their groups', {
        left: failures.length - errors.length,
      });
      metrics.addMetric(leftRecordsMetric, MetricUnit.Count, failures.length - errors.length);
    }
    countFailures(metrics, errors);
  }
}

/**
 * The body of a record, from the claim check where the message points there.
 *
 * @throws what {@link ClaimCheck.redeem} throws, or BadMessageError where there is no claim check.
 */
async function bodyOf(
  { body, messageAttributes }: SQSRecord,
  claimCheck: MessageConsumerOptions<never>['claimCheck'],
): Promise<string> {
  if (!(payloadSizeAttribute in messageAttributes || legacyPayloadSizeAttribute in messageAttributes)) {
    return body;
  }
  if (claimCheck) return claimCheck.redeem(body);
  throw new BadMessageError(
    "The message's body is in S3, and this consumer has no claim check to read it with: see docs/claim-check.md.",
  );
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
