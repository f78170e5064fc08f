import { randomUUID } from 'node:crypto';
import type { ConfirmChannel, Options } from 'amqplib';
import { DependencyDownError, errorFrom } from '../../failures.ts';
import { UnroutableMessageError } from '../message-publisher.ts';

/** A message with its way through the broker. */
export interface Outgoing {
  readonly exchange: string;
  readonly routingKey: string;
  readonly body: Buffer;
  readonly options?: Options.Publish;
}

/**
 * Publishes on one channel, each message until the broker has said that it is safe.
 *
 * `mandatory`: the broker returns what no queue takes, before it confirms it; without, it drops that, and confirms
 * it all the same. `persistent`: on disk before it is confirmed.
 *
 * @see https://www.rabbitmq.com/docs/confirms
 */
export class ConfirmedPublishing {
  readonly #channel: ConfirmChannel;
  readonly #confirmWithinMs: number;
  readonly #returned = new Map<string, string>();

  constructor(channel: ConfirmChannel, confirmWithinMs: number) {
    this.#channel = channel;
    this.#confirmWithinMs = confirmWithinMs;
    channel.on('return', ({ properties, fields }) => {
      const { replyText = 'returned' } = fields as { readonly replyText?: string };
      this.#returned.set(String(properties.messageId), replyText);
    });
  }

  /** @throws UnroutableMessageError, DependencyDownError: see `MessagePublisher`. */
  async publish({ exchange, routingKey, body, options }: Outgoing): Promise<void> {
    // Its own at each try: the broker's answers are told apart by it.
    const messageId = randomUUID();
    const confirmed = Promise.withResolvers<void>();
    const timer = setTimeout(
      () => confirmed.reject(new Error(`no confirmation within ${this.#confirmWithinMs} ms`)),
      this.#confirmWithinMs,
    );
    try {
      this.#channel.publish(
        exchange,
        routingKey,
        body,
        { contentType: 'application/json', ...options, messageId, mandatory: true, persistent: true },
        error => (error ? confirmed.reject(error) : confirmed.resolve()),
      );
      await confirmed.promise;
    } catch (thrown) {
      throw new DependencyDownError(
        `The broker did not confirm the message: ${errorFrom(thrown).message}. It is safe to try again.`,
        { cause: thrown },
      );
    } finally {
      clearTimeout(timer);
    }
    const reply = this.#returned.get(messageId);
    if (reply === undefined) return;
    this.#returned.delete(messageId);
    throw new UnroutableMessageError(
      `No queue behind exchange ${exchange} takes "${routingKey}" (${reply}). Bind one in the topology, then redrive.`,
    );
  }
}
