import { setTimeout as pause } from 'node:timers/promises';
import {
  type BrokerCredentials,
  BrokerTopology,
  brokerMessageOf,
  brokerProtocol,
  deadLetterQueueOf,
} from '../../../contracts/broker.ts';
import { type WarehouseEvent, warehouseEvents } from '../../../contracts/message-broker.ts';
import { orderEvents } from '../../../contracts/orders.ts';
import { openConsumer, openPublisher } from '../../../worker/broker/broker-clients.ts';
import { MessageHandling } from '../../../worker/broker/message-handling.ts';
import type { MessagePublisher } from '../../../worker/broker/message-publisher.ts';
import { DependencyDownError } from '../../../worker/failures.ts';
import { orderPlaced } from '../../support/order-events.ts';
import { RecordingLog, RecordingMetrics } from './recording.ts';

/** How often a queue of the bench hands a message out. */
export const deliveryLimit = 3;

/** Where a client of the bench connects to, and as whom. */
export interface BrokerAccess {
  readonly address: string;
  readonly credentials: BrokerCredentials;
}

/** A queue that is nobody else's, and the topology that it is in. */
export type OwnQueue = ReturnType<BrokerBench['ownQueue']>;

interface ConsumerSettings {
  readonly prefetch?: number;
  readonly address?: string;
  readonly retry?: { readonly firstMs: number; readonly lastMs: number };
}

/** Publishers and consumers on a broker, as the programs open them; all end with {@link close}. */
export class BrokerBench {
  readonly #access: () => BrokerAccess;
  readonly #open: (() => Promise<unknown>)[] = [];
  #queues = 0;

  constructor(access: () => BrokerAccess) {
    this.#access = access;
  }

  /** Each test has a queue of its own. */
  ownQueue() {
    const number = ++this.#queues;
    const queue = { name: `warehouse-${number}`, events: warehouseEvents, deliveryLimit };
    const topology = new BrokerTopology({ exchange: `orders-${number}`, queues: [queue] });
    const dlq = deadLetterQueueOf(queue, brokerProtocol([this.#access().address]));
    return { queue, topology, dlq };
  }

  publisher(
    { topology }: Pick<OwnQueue, 'topology'>,
    { address = this.#access().address, ...times }: { address?: string; connectWithinMs?: number } = {},
  ): MessagePublisher {
    const publisher = openPublisher({ ...this.link('publisher', address), topology, ...times });
    this.closing(() => publisher.close());
    return publisher;
  }

  consumer(
    { topology, queue }: OwnQueue,
    handle: (event: WarehouseEvent) => Promise<unknown>,
    { prefetch = 10, address, retry = { firstMs: 10, lastMs: 40 } }: ConsumerSettings = {},
  ) {
    const log = new RecordingLog();
    const metrics = new RecordingMetrics();
    const consumer = openConsumer({
      ...this.link('consumer', address),
      log,
      topology,
      prefetch,
      metrics,
      handling: new MessageHandling({
        queue,
        log,
        metrics,
        retry,
        subject: ({ order_id }) => ({ order_id }),
        async handle(event) {
          await handle(event);
          return { outcome: 'picked' };
        },
      }),
    });
    this.closing(() => consumer.stop(0));
    return { consumer, log, metrics };
  }

  link(name: string, address = this.#access().address) {
    return {
      addresses: [address],
      credentials: () => Promise.resolve(this.#access().credentials),
      name,
      log: new RecordingLog(),
      backoff: { firstMs: 50, lastMs: 500 },
    };
  }

  /** Something that is to end with the test. */
  closing(close: () => Promise<unknown>): void {
    this.#open.push(close);
  }

  async close(): Promise<void> {
    for (const close of this.#open.splice(0).reverse()) await close();
  }
}

export function placed(orderId: string) {
  const event = orderPlaced({ order_id: orderId });
  return brokerMessageOf(event, orderEvents.encode(event));
}

/** Publishes an order again and again until the broker has said that it has it. */
export async function publishSurely(publisher: MessagePublisher, orderId: string): Promise<void> {
  for (;;) {
    try {
      return await publisher.publish(placed(orderId));
    } catch (error) {
      if (!(error instanceof DependencyDownError)) throw error;
      await pause(20);
    }
  }
}
