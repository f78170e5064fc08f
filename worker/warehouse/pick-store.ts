import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { OrderItem } from '../../contracts/orders.ts';
import { jobClientSettings, reach } from '../aws/dependency.ts';

export interface Pick {
  readonly orderId: string;
  readonly customer: string;
  readonly items: readonly OrderItem[];
}

/** What is to be picked in the warehouse. */
export interface PickStore {
  /** @returns whether it was not known before, open or withdrawn. */
  open(pick: Pick): Promise<boolean>;
  /**
   * Withdraws the pick of an order, also of one that is not known yet: it is never opened then.
   *
   * @returns whether it was not withdrawn before.
   */
  withdraw(orderId: string): Promise<boolean>;
}

/** Picks as items `ORDER#<id>` of a table on DynamoDB, each written once whatever comes twice. */
export class DynamoDbPickStore implements PickStore {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;

  constructor(tableName: string, client = new DynamoDBClient(jobClientSettings)) {
    this.#client = client;
    this.#tableName = tableName;
  }

  open({ orderId, customer, items }: Pick): Promise<boolean> {
    return this.#unlessThere(
      this.#client.send(
        new PutItemCommand({
          TableName: this.#tableName,
          Item: {
            ...keyOf(orderId),
            status: { S: 'open' },
            customer: { S: customer },
            items: {
              L: items.map(({ sku, quantity }) => ({
                M: { sku: { S: sku }, quantity: { N: String(quantity) } },
              })),
            },
          },
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      ),
    );
  }

  withdraw(orderId: string): Promise<boolean> {
    return this.#unlessThere(
      this.#client.send(
        new UpdateItemCommand({
          TableName: this.#tableName,
          Key: keyOf(orderId),
          UpdateExpression: 'SET #status = :withdrawn',
          ConditionExpression: 'attribute_not_exists(#status) OR #status <> :withdrawn',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: { ':withdrawn': { S: 'withdrawn' } },
        }),
      ),
    );
  }

  async #unlessThere(call: Promise<unknown>): Promise<boolean> {
    try {
      await reach('DynamoDB', call);
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}

function keyOf(orderId: string) {
  return { pk: { S: `ORDER#${orderId}` } };
}
