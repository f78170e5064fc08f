import { type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { readerAddress } from '../../contracts/posts.ts';
import { reach } from '../shared/dependency.ts';
import type { ReaderPage } from './domain/mailing.ts';

/** Who wants to hear of posts. */
export interface Readers {
  /** @param after the last reader of the page before; undefined for the first page. */
  page(after: string | undefined): Promise<ReaderPage>;
}

/** Readers in one page: their mails are sent to the queue before the next page is read. */
const pageLength = 1_000;

const reader = v.object({ address: readerAddress });
const place = v.optional(v.object({ pk: v.string() }));

/**
 * Readers as items `READER#<address>` with the attribute `address`, kept by whoever lets readers in and out. All
 * of them are wanted, so the table is read from one end to the other.
 */
export class ReaderTable implements Readers {
  readonly #documents: Pick<DynamoDBDocumentClient, 'send'>;
  readonly #tableName: string;

  constructor(documents: Pick<DynamoDBDocumentClient, 'send'>, tableName: string) {
    this.#documents = documents;
    this.#tableName = tableName;
  }

  async page(after: string | undefined): Promise<ReaderPage> {
    const { Items = [], LastEvaluatedKey } = await reach(
      'DynamoDB',
      this.#documents.send(
        new ScanCommand({
          TableName: this.#tableName,
          Limit: pageLength,
          ...(after !== undefined && { ExclusiveStartKey: { pk: after } }),
        }),
      ),
    );
    const readers = Items.map(item => v.safeParse(reader, item));
    const addresses = readers.flatMap(({ success, output }) => (success ? [output.address] : []));
    return {
      addresses,
      unusable: readers.length - addresses.length,
      next: v.parse(place, LastEvaluatedKey)?.pk,
    };
  }
}
