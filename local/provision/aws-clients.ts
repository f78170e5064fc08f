import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';

/** Credentials that the local cloud hands out; it checks none. */
export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' } as const;

/** SDK clients of the local endpoint, one a service and region. */
export class AwsClients {
  readonly #endpoint: string;
  readonly #clients = new Map<string, { destroy(): void }>();

  constructor(endpoint: string) {
    this.#endpoint = endpoint;
  }

  sqs(region: string): SQSClient {
    return this.#client(`sqs ${region}`, () => new SQSClient(this.#settings(region)));
  }

  sns(region: string): SNSClient {
    return this.#client(`sns ${region}`, () => new SNSClient(this.#settings(region)));
  }

  dynamoDb(region: string): DynamoDBClient {
    return this.#client(`dynamodb ${region}`, () => new DynamoDBClient(this.#settings(region)));
  }

  close(): void {
    for (const client of this.#clients.values()) {
      client.destroy();
    }
  }

  #client<Client extends { destroy(): void }>(key: string, create: () => Client): Client {
    const known = this.#clients.get(key) as Client | undefined;
    const client = known ?? create();
    this.#clients.set(key, client);
    return client;
  }

  #settings(region: string) {
    return { endpoint: this.#endpoint, region, credentials: LOCAL_CREDENTIALS };
  }
}
