import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SearchFlights } from '../../contracts/travel.ts';
import { clientSettings, reach } from '../shared/dependency.ts';

/** Where requests for offers are put. */
export interface RequestQueue {
  /** @throws DependencyDownError */
  send(request: SearchFlights): Promise<void>;
}

/** The request queue on SQS. */
export class SqsRequestQueue implements RequestQueue {
  readonly #client: SQSClient;
  readonly #url: string;

  constructor({ region, url }: { readonly region: string; readonly url: string }) {
    // The queue's own host, which the SDK would use with a warning at every call otherwise.
    this.#client = new SQSClient({ ...clientSettings, region, endpoint: new URL(url).origin });
    this.#url = url;
  }

  async send(request: SearchFlights): Promise<void> {
    await reach(
      'SQS',
      this.#client.send(
        new SendMessageCommand({ QueueUrl: this.#url, MessageBody: JSON.stringify(request) }),
      ),
    );
  }

  close(): void {
    this.#client.destroy();
  }
}
