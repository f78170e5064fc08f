import { EventEmitter } from 'node:events';
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { InvocationResult } from '../functions/invocation.ts';
import { Backoff, pause } from './backoff.ts';
import { judgeBatch } from './batch-verdict.ts';
import { compileFilter, UnsupportedFilter } from './event-filter.ts';
import type { MappingEvents, MappingFault } from './mapping-events.ts';
import {
  type CompleteMappingSpec,
  completeMappingSpec,
  InvalidMapping,
  type MappingSpec,
} from './mapping-spec.ts';
import { MessageGroupGate } from './message-group-gate.ts';
import { QueueReader } from './queue-reader.ts';
import { type SqsEvent, type SqsRecord, toSqsRecord } from './sqs-record.ts';

/** Lambda's limit for an event, in bytes. */
const EVENT_LIMIT = 6_291_556;

/** Room for what surrounds bodies in an event: identifiers, timestamps, a few attributes. */
const RECORD_OVERHEAD = 2_048;

/** Invokes the function of a mapping. */
export type BatchInvoker = (functionName: string, event: SqsEvent) => Promise<InvocationResult>;

/** What a mapping works with. */
export interface MappingServices {
  /** Client of the endpoint that holds the queue. */
  readonly sqs: SQSClient;
  readonly invoke: BatchInvoker;
  /**
   * Most batches in hand at once, whatever more the declaration allows. One more than the function's
   * environments keeps these busy while the others receive and delete; messages of further batches would
   * only wait with their visibility timeout running.
   *
   * @default 3
   */
  readonly pollers?: number;
}

/**
 * Polls a queue and invokes a function with what it receives, as Lambda's event source mapping does.
 *
 * One receive waits while the queue is empty; whenever it brings messages, the next begins beside the
 * invocation, up to the maximum concurrency. Failed messages are left to reappear.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
export class EventSourceMapping {
  readonly events = new EventEmitter<MappingEvents>();
  readonly spec: CompleteMappingSpec;
  readonly #services: MappingServices;
  readonly #reader: QueueReader;
  readonly #passesFilter: (body: string) => boolean;
  readonly #gate = new MessageGroupGate();
  readonly #pollers = new Set<Promise<void>>();
  readonly #pollerLimit: number;
  readonly #endpointBackoff = new Backoff(100, 5_000);
  readonly #functionBackoff = new Backoff(50, 1_000);
  readonly #emptyBackoff = new Backoff(1, 200);
  #visibilityTimeoutMs = 30_000;

  /** @throws InvalidMapping when Lambda would refuse it, or a filter is not evaluated locally */
  constructor(declared: MappingSpec, services: MappingServices) {
    this.spec = completeMappingSpec(declared);
    this.#services = services;
    this.#reader = new QueueReader(services.sqs, this.spec.queueUrl);
    this.#pollerLimit = Math.min(
      services.pollers ?? 3,
      this.spec.maximumConcurrency ?? Number.POSITIVE_INFINITY,
    );
    try {
      this.#passesFilter = compileFilter(this.spec.filterPatterns);
    } catch (error) {
      if (error instanceof UnsupportedFilter) throw new InvalidMapping(this.spec, error.message);
      throw error;
    }
  }

  /** Begins to poll. @throws what the endpoint answers when it does not know the queue */
  async start(): Promise<void> {
    const { sqs } = this.#services;
    const { Attributes: attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: this.spec.queueUrl, AttributeNames: ['VisibilityTimeout'] }),
    );
    this.#visibilityTimeoutMs = Number(attributes?.VisibilityTimeout ?? 30) * 1000;
    this.#startPoller();
  }

  /** Takes no further messages and waits until those in hand are done and deleted. */
  async stop(): Promise<void> {
    this.#reader.stop();
    while (this.#pollers.size > 0) await Promise.all(this.#pollers);
  }

  #startPoller(): void {
    const poller: Promise<void> = this.#poll().finally(() => this.#pollers.delete(poller));
    this.#pollers.add(poller);
  }

  async #poll(): Promise<void> {
    const { stopped } = this.#reader;
    while (!stopped.aborted) {
      const startedAt = performance.now();
      const records = await this.#receive();
      if (records === undefined) continue;
      if (records.length === 0) {
        if (this.#reader.receiving > 0) return;
        // An endpoint that answers at once with nothing must not be asked without end.
        if (performance.now() - startedAt < 500) await pause(this.#emptyBackoff.fail(), stopped);
        continue;
      }
      this.#emptyBackoff.succeed();
      if (this.#reader.receiving === 0 && this.#pollers.size < this.#pollerLimit) this.#startPoller();
      await this.#process(records).catch(error => {
        this.#emitFault('invoke', error, 'the messages in hand reappear after their visibility timeout');
        return pause(this.#functionBackoff.fail(), stopped);
      });
    }
  }

  /** @returns undefined after an error, once its pause is over */
  async #receive(): Promise<SqsRecord[] | undefined> {
    const { batchSize, maximumBatchingWindowSeconds, queueArn, region } = this.spec;
    try {
      const messages = await this.#reader.gather(
        batchSize,
        maximumBatchingWindowSeconds,
        EVENT_LIMIT,
        error => {
          this.#emitFault('receive', error, 'the batch goes on with the messages received so far');
        },
      );
      this.#endpointBackoff.succeed();
      return messages.map(message => toSqsRecord(message, queueArn, region));
    } catch (error) {
      const pauseMs = this.#endpointBackoff.fail();
      this.#emitFault('receive', error, `trying again in ${pauseMs} ms`);
      await pause(pauseMs, this.#reader.stopped);
      return undefined;
    }
  }

  async #process(received: readonly SqsRecord[]): Promise<void> {
    const startedAt = performance.now();
    const records = received.filter(({ body }) => this.#passesFilter(body));
    if (records.length < received.length) {
      const dropped = received.filter(record => !records.includes(record));
      await this.#delete(dropped);
      this.events.emit('filtered', { ...this.#about, messageIds: dropped.map(({ messageId }) => messageId) });
    }
    if (records.length === 0) return;
    this.events.emit('received', { ...this.#about, messageIds: records.map(({ messageId }) => messageId) });
    const leave = await this.#gate.enter(
      this.spec.isFifo ? records.map(({ attributes }) => attributes.MessageGroupId ?? '') : [],
    );
    try {
      for (const part of splitBySize(records)) {
        const allSucceeded = await this.#hand(part, startedAt + this.#visibilityTimeoutMs);
        // What follows a failed message of a FIFO queue must not overtake it.
        if (this.spec.isFifo && !allSucceeded) break;
      }
    } finally {
      leave();
    }
  }

  async #hand(records: readonly SqsRecord[], visibleAgainAt: number): Promise<boolean> {
    const messageIds = records.map(({ messageId }) => messageId);
    const result = await this.#invoke(records, visibleAgainAt);
    const { failedMessageIds, reason } = judgeBatch(result, messageIds, this.spec.reportBatchItemFailures);
    await this.#delete(records.filter(({ messageId }) => !failedMessageIds.has(messageId)));
    const failed = failedMessageIds.size;
    const succeeded = records.length - failed;
    this.events.emit('outcome', {
      ...this.#about,
      result: failed === 0 ? 'success' : succeeded === 0 ? 'failure' : 'partial',
      succeeded,
      failed,
      failedMessageIds: [...failedMessageIds],
      ...(reason === undefined ? {} : { reason }),
    });
    if (result.outcome === 'success') this.#functionBackoff.succeed();
    else await pause(this.#functionBackoff.fail(), this.#reader.stopped);
    return failed === 0;
  }

  // Lambda tries a throttled invocation again for as long as the messages stay invisible.
  async #invoke(records: readonly SqsRecord[], visibleAgainAt: number): Promise<InvocationResult> {
    const backoff = new Backoff(50, 2_000);
    for (;;) {
      const result = await this.#services.invoke(this.spec.functionName, { Records: records });
      const pauseMs = backoff.fail();
      const isOver = performance.now() + pauseMs >= visibleAgainAt || this.#reader.stopped.aborted;
      if (result.outcome !== 'throttled' || isOver) return result;
      await pause(pauseMs, this.#reader.stopped);
    }
  }

  async #delete(records: readonly SqsRecord[]): Promise<void> {
    await this.#reader.delete(records).catch(error => {
      this.#emitFault(
        'delete',
        error,
        'they reappear after their visibility timeout and are delivered again',
      );
    });
  }

  get #about() {
    return { functionName: this.spec.functionName, queueArn: this.spec.queueArn };
  }

  #emitFault(operation: MappingFault['operation'], error: unknown, consequence: string): void {
    const fault = { ...this.#about, operation, error, consequence };
    if (this.events.emit('fault', fault)) return;
    process.emitWarning(`${this.spec.queueArn}: ${operation} failed, ${consequence}: ${String(error)}`);
  }
}

function* splitBySize(records: readonly SqsRecord[]): Generator<readonly SqsRecord[]> {
  const bodies = records.reduce((sum, { body }) => sum + body.length, 0);
  // Bytes and escapes at their worst: an ordinary batch need not be measured.
  if (bodies * 4 + records.length * RECORD_OVERHEAD <= EVENT_LIMIT) {
    yield records;
    return;
  }
  let part: SqsRecord[] = [];
  let size = 0;
  for (const record of records) {
    const recordSize = Buffer.byteLength(JSON.stringify(record)) + 1;
    if (part.length > 0 && size + recordSize > EVENT_LIMIT - RECORD_OVERHEAD) {
      yield part;
      part = [];
      size = 0;
    }
    part.push(record);
    size += recordSize;
  }
  yield part;
}
