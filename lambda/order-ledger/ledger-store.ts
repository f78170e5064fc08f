import { type DynamoDBDocumentClient, GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import type { LedgerEvent } from '../../contracts/ledger.ts';
import { cancellationFailure, cancellationReasons } from '../shared/canceled-transaction.ts';
import { reach } from '../shared/dependency.ts';
import {
  conflictOver,
  type ItemSubject,
  type Versioned,
  VersionedItems,
  type VersionedStates,
} from '../shared/versioned-items.ts';
import type { LedgerState } from './domain/ledger.ts';
import { eventDigest } from './event-digest.ts';

/** The ledger of all orders: where each stands, and what was booked. */
export interface Ledger extends Pick<VersionedStates<LedgerState>, 'read'> {
  /**
   * Books an event: its entry and the state after it, both or neither.
   *
   * @throws ConflictError when the order's state is no longer the seen one.
   */
  book(event: LedgerEvent, next: LedgerState, seen: Versioned<LedgerState> | undefined): Promise<void>;

  /** Digest of the event that was booked in a place of an order's life. */
  digestOf(orderId: string, sequence: number): Promise<string | undefined>;
}

const ledgerSubject: ItemSubject = { noun: 'order', keyPrefix: 'ORDER', idAttribute: 'order_id' };

const ledgerState = v.object({
  sequence: v.number(),
  status: v.picklist(['placed', 'shipped', 'canceled']),
  balance_minor: v.number(),
});

const entry = v.object({ digest: v.string() });

/** Reasons of a canceled transaction that say that somebody else was there first. */
const conflicts = new Set(['ConditionalCheckFailed', 'TransactionConflict']);

/** Orders as items `ORDER#<id>`, and what was booked as items `ENTRY#<id>#<sequence>`, in one table. */
export class LedgerStore extends VersionedItems<LedgerState> implements Ledger {
  readonly #documents: Pick<DynamoDBDocumentClient, 'send'>;
  readonly #tableName: string;

  constructor(documents: Pick<DynamoDBDocumentClient, 'send'>, tableName: string) {
    super({ subject: ledgerSubject, documents, tableName, schema: ledgerState });
    this.#documents = documents;
    this.#tableName = tableName;
  }

  async book(event: LedgerEvent, next: LedgerState, seen: Versioned<LedgerState> | undefined): Promise<void> {
    const { order_id, sequence } = event;
    const booked = {
      TableName: this.#tableName,
      Item: { ...event, pk: entryKey(order_id, sequence), digest: eventDigest(event) },
      ConditionExpression: 'attribute_not_exists(pk)',
    };
    try {
      await this.#documents.send(
        new TransactWriteCommand({
          TransactItems: [{ Put: this.putOf(order_id, next, seen) }, { Put: booked }],
        }),
      );
    } catch (thrown) {
      const reasons = cancellationReasons(thrown);
      throw reasons.some(({ Code = '' }) => conflicts.has(Code))
        ? conflictOver(ledgerSubject, order_id, thrown)
        : cancellationFailure(`order ${order_id}`, reasons, thrown);
    }
  }

  async digestOf(orderId: string, sequence: number): Promise<string | undefined> {
    const { Item: item } = await reach(
      'DynamoDB',
      this.#documents.send(
        new GetCommand({
          TableName: this.#tableName,
          Key: { pk: entryKey(orderId, sequence) },
          ConsistentRead: true,
        }),
      ),
    );
    return item && v.parse(entry, item).digest;
  }
}

/** Sorts as the sequence does. */
function entryKey(orderId: string, sequence: number): string {
  return `ENTRY#${orderId}#${String(sequence).padStart(10, '0')}`;
}
