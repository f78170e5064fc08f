import { setTimeout as pause } from 'node:timers/promises';
import { brokerProtocol } from '../../contracts/broker.ts';
import { pollActiveMq } from './activemq-polling.ts';
import { type BrokerPolling, retryMs } from './broker-polling.ts';
import { pollRabbitMq } from './rabbitmq-polling.ts';

/**
 * Takes messages of a broker's queue for a function as Lambda's pollers do: one invocation at a time, whose batch is
 * acknowledged as a whole, or comes again as a whole.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html
 */
export class BrokerMapping {
  readonly #options: BrokerPolling;
  readonly #stopping = new AbortController();
  #polled: Promise<void> = Promise.resolve();

  constructor(options: BrokerPolling) {
    this.#options = options;
  }

  start(): void {
    this.#polled = this.#poll();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#polled;
  }

  async #poll(): Promise<void> {
    const { signal } = this.#stopping;
    const poll = brokerProtocol([this.#options.address]) === 'stomp' ? pollActiveMq : pollRabbitMq;
    while (!signal.aborted) {
      // The queue comes with the programs that declare it: until then, it is looked for.
      await poll(this.#options, signal).catch(() => undefined);
      await pause(retryMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
