import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import { type SearchAnswer, searchAnswer } from '../../../contracts/travel.ts';
import type { RunningSystem } from '../scenario.ts';

/** A search as a client posts it. */
export interface Wish {
  readonly search_id: string;
  readonly origin: string;
  readonly destination: string;
  readonly depart_on: string;
  readonly return_on?: string;
  readonly budget: { readonly amount: string; readonly currency: string };
  readonly within_ms?: number;
}

/** What a client gets. */
export interface Reply {
  readonly status: number;
  /** What was found; undefined where the status is another than 200. */
  readonly answer: SearchAnswer | undefined;
  /** The error in a word. */
  readonly error: string | undefined;
  /** Whether it had been found before. */
  readonly repeated: boolean;
  readonly tookMs: number;
}

const airports = ['FRA', 'JFK', 'LHR', 'SIN', 'NRT', 'GRU', 'CPT', 'SYD'];

/** So many wishes, each for another flight under another id. The same at every call. */
export function wishes(count: number, name = 'wish'): Wish[] {
  return Array.from({ length: count }, (_, index) => ({
    search_id: `${name}-${String(index + 1).padStart(6, '0')}`,
    origin: airports[index % 8] as string,
    destination: airports[(index + 1 + (Math.floor(index / 8) % 7)) % 8] as string,
    depart_on: `2027-03-${String(1 + (index % 28)).padStart(2, '0')}`,
    ...(index % 2 === 1 && { return_on: `2027-04-${String(1 + (index % 28)).padStart(2, '0')}` }),
    budget: { amount: String(400 + (index % 5) * 150), currency: 'EUR' },
  }));
}

/** Searches for flights, as clients of the system do. */
export class TravelDesk {
  readonly #system: RunningSystem;

  constructor(system: RunningSystem) {
    this.#system = system;
  }

  async search(wish: Partial<Wish>): Promise<Reply> {
    const startedAt = performance.now();
    const response = await fetch(this.#system.output('SearchesUrl'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(wish),
    });
    const content: unknown = await response.json();
    return {
      status: response.status,
      answer: response.status === 200 ? v.parse(searchAnswer, content) : undefined,
      error: (content as { error?: string }).error,
      repeated: response.headers.get('x-search-repeated') === 'true',
      tookMs: performance.now() - startedAt,
    };
  }

  /** @param atOnce searches under way at a time. */
  async searchAll(all: readonly Wish[], atOnce = 10): Promise<readonly Reply[]> {
    const replies = new Array<Reply>(all.length);
    const waiting = [...all.entries()];
    const searchRest = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift())
        replies[next[0]] = await this.search(next[1]);
    };
    await Promise.all(Array.from({ length: atOnce }, searchRest));
    return replies;
  }

  /** URLs of the reply queues that there are. */
  async replyQueues(): Promise<readonly string[]> {
    const { QueueUrls: urls = [] } = await this.#system.sqs.send(
      new ListQueuesCommand({ QueueNamePrefix: this.#system.output('ReplyQueuePrefix') }),
    );
    return urls;
  }
}
