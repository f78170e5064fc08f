import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { reach } from '../shared/dependency.ts';
import type { Invoice } from './domain/invoice.ts';

export interface Invoices {
  /** @returns whether the order had no invoice before. */
  open(invoice: Invoice): Promise<boolean>;
}

/** Invoices as items `ORDER#<id>` of a table, each written once. */
export class InvoiceStore implements Invoices {
  readonly #documents: Pick<DynamoDBDocumentClient, 'send'>;
  readonly #tableName: string;

  constructor(documents: Pick<DynamoDBDocumentClient, 'send'>, tableName: string) {
    this.#documents = documents;
    this.#tableName = tableName;
  }

  /** @throws DependencyDownError when DynamoDB does not answer. */
  async open(invoice: Invoice): Promise<boolean> {
    try {
      await reach(
        'DynamoDB',
        this.#documents.send(
          new PutCommand({
            TableName: this.#tableName,
            Item: { pk: `ORDER#${invoice.order_id}`, ...invoice },
            ConditionExpression: 'attribute_not_exists(pk)',
          }),
        ),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}
