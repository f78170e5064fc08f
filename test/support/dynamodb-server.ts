import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';

const require = createRequire(import.meta.url);
const dynalite = require('dynalite') as (options: { readonly createTableMs: number }) => Server;

/** A DynamoDB in memory, on a port of its own. */
export class DynamoDbServer {
  readonly endpoint: string;
  readonly client: DynamoDBClient;
  readonly documents: DynamoDBDocumentClient;
  readonly #server: Server;
  #tables = 0;

  private constructor(server: Server) {
    this.#server = server;
    this.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.client = new DynamoDBClient({
      endpoint: this.endpoint,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
    this.documents = DynamoDBDocumentClient.from(this.client);
  }

  static async start(): Promise<DynamoDbServer> {
    const server = dynalite({ createTableMs: 0 });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    return new DynamoDbServer(server);
  }

  /** An empty table with the partition key `pk`, as the stack makes them. */
  async createTable(): Promise<string> {
    const TableName = `table-${++this.#tables}`;
    await this.client.send(
      new CreateTableCommand({
        TableName,
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    return TableName;
  }

  async item(tableName: string, pk: string): Promise<Record<string, unknown> | undefined> {
    const { Item } = await this.documents.send(
      new GetCommand({ TableName: tableName, Key: { pk }, ConsistentRead: true }),
    );
    return Item;
  }

  async stop(): Promise<void> {
    this.client.destroy();
    await new Promise<void>(resolve => this.#server.close(() => resolve()));
  }
}
