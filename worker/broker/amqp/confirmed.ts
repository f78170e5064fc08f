import { randomUUID } from 'node:crypto';
import type { ConfirmChannel, Options } from 'amqplib';
import { confirmation } from '../confirmation.ts';
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
    await confirmation(this.#confirmWithinMs, answer => {
      this.#channel.publish(
        exchange,
        routingKey,
        body,
        { contentType: 'application/json', ...options, messageId, mandatory: true, persistent: true },
        error => (error ? answer.reject(error) : answer.resolve()),
      );
    });
    const reply = this.#returned.get(messageId);
    if (reply === undefined) return;
    this.#returned.delete(messageId);
    throw new UnroutableMessageError(
      `No queue behind exchange ${exchange} takes "${routingKey}" (${reply}). Bind one in the topology, then redrive.`,
    );
  }
}
