import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { Backoff, pause } from './backoff.ts';

/** The longest that SQS lets a receive wait. */
const LONG_POLL_SECONDS = 20;

/** What SQS takes and gives in one request. */
const REQUEST_LIMIT = 10;

const DELETE_ATTEMPTS = 4;

/** Messages that could not be deleted although they are done. */
export class UndeletedMessages extends Error {
  override readonly name = 'UndeletedMessages';
  readonly messageIds: readonly string[];

  constructor(messageIds: readonly string[], cause: unknown) {
    super(`${messageIds.length} processed messages could not be deleted: ${String(cause)}`, { cause });
    this.messageIds = messageIds;
  }
}

/** Receives from and deletes on one queue. */
export class QueueReader {
  readonly #client: SQSClient;
  readonly #queueUrl: string;
  readonly #receiving = new Set<AbortController>();
  readonly #stopped = new AbortController();

  constructor(client: SQSClient, queueUrl: string) {
    this.#client = client;
    this.#queueUrl = queueUrl;
  }

  /** Given when {@link stop} is called. */
  get stopped(): AbortSignal {
    return this.#stopped.signal;
  }

  /** Receives that wait for messages now. */
  get receiving(): number {
    return this.#receiving.size;
  }

  /**
   * Receives until there are as many messages as wanted, the window has passed since the first, or their
   * bodies reach a size. Returns none if none came within a long poll, or when the reader was stopped.
   *
   * @throws what the endpoint answers to the first receive; an error of a later one ends the gathering
   */
  async gather(
    count: number,
    windowSeconds: number,
    sizeLimit: number,
    onLaterError: (error: unknown) => void,
  ): Promise<Message[]> {
    const messages = await this.#receive(count, LONG_POLL_SECONDS);
    if (messages.length === 0) return messages;
    const end = performance.now() + windowSeconds * 1000;
    const size = () => messages.reduce((sum, { Body: body = '' }) => sum + Buffer.byteLength(body), 0);
    while (messages.length < count && size() < sizeLimit && !this.stopped.aborted) {
      const leftMs = end - performance.now();
      if (leftMs <= 0) break;
      const waitSeconds = Math.min(LONG_POLL_SECONDS, Math.round(leftMs / 1000));
      try {
        const more = await this.#receive(count - messages.length, waitSeconds);
        messages.push(...more);
        // Less than half a second is left, too little to wait for on the wire.
        if (more.length === 0 && waitSeconds === 0) break;
        if (more.length === 0) await pause(Math.min(leftMs, 20), this.stopped);
      } catch (error) {
        onLaterError(error);
        break;
      }
    }
    return messages;
  }

  /**
   * Deletes messages, trying again what fails.
   *
   * @throws UndeletedMessages with those that are still there
   */
  async delete(
    messages: readonly { readonly messageId: string; readonly receiptHandle: string }[],
  ): Promise<void> {
    let left = [...messages];
    let cause: unknown;
    const backoff = new Backoff(50, 1000);
    for (let attempt = 1; left.length > 0; attempt += 1) {
      const undeleted: typeof left = [];
      for (let start = 0; start < left.length; start += REQUEST_LIMIT) {
        const part = left.slice(start, start + REQUEST_LIMIT);
        try {
          const answer = await this.#client.send(
            new DeleteMessageBatchCommand({
              QueueUrl: this.#queueUrl,
              Entries: part.map(({ receiptHandle }, place) => ({
                Id: String(place),
                ReceiptHandle: receiptHandle,
              })),
            }),
          );
          for (const failure of answer.Failed ?? []) {
            const message = part[Number(failure.Id)];
            if (message !== undefined) undeleted.push(message);
            cause = `${failure.Code}: ${failure.Message}`;
          }
        } catch (error) {
          undeleted.push(...part);
          cause = error;
        }
      }
      left = undeleted;
      if (left.length === 0) return;
      if (attempt === DELETE_ATTEMPTS)
        throw new UndeletedMessages(
          left.map(each => each.messageId),
          cause,
        );
      await pause(backoff.fail(), this.stopped);
    }
  }

  /**
   * Ends the receives that wait. A message that the queue hands to such a receive at that moment reappears
   * after its visibility timeout.
   */
  stop(): void {
    this.#stopped.abort();
    for (const controller of this.#receiving) controller.abort();
  }

  async #receive(count: number, waitSeconds: number): Promise<Message[]> {
    if (this.stopped.aborted) return [];
    // One controller a request: listeners on one that lives as long as the mapping would pile up.
    const controller = new AbortController();
    this.#receiving.add(controller);
    try {
      const answer = await this.#client.send(
        new ReceiveMessageCommand({
          QueueUrl: this.#queueUrl,
          MaxNumberOfMessages: Math.min(count, REQUEST_LIMIT),
          WaitTimeSeconds: waitSeconds,
          MessageAttributeNames: ['All'],
          MessageSystemAttributeNames: ['All'],
        }),
        { abortSignal: controller.signal },
      );
      return answer.Messages ?? [];
    } catch (error) {
      if (controller.signal.aborted) return [];
      throw error;
    } finally {
      this.#receiving.delete(controller);
    }
  }
}
