import { type DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { cancellationFailure, cancellationReasons } from '../shared/canceled-transaction.ts';
import { ConflictError } from '../shared/failures.ts';
import {
  conflictOver,
  type Versioned,
  VersionedItems,
  type VersionedStates,
} from '../shared/versioned-items.ts';
import type { Movement, ReservationState, Shortage } from './domain/inventory.ts';
import { orderSubject } from './order-subject.ts';

/** The stock, and what each order took of it. */
export interface StockLedger extends VersionedStates<ReservationState> {
  /**
   * Moves stock and records the order's state, all or nothing.
   *
   * @returns what the stock does not cover; if anything, then nothing was changed.
   * @throws ConflictError when the order's state is no longer the seen one, or the stock is being moved
   * for another order at this moment.
   */
  move(
    orderId: string,
    next: ReservationState,
    seen: Versioned<ReservationState> | undefined,
    movements: readonly Movement[],
  ): Promise<readonly Shortage[]>;
}

const items = v.array(v.object({ sku: v.string(), quantity: v.number() }));
const shortages = v.array(v.object({ sku: v.string(), wanted: v.number(), available: v.number() }));

const reservationState = v.variant('status', [
  v.object({ status: v.picklist(['reserved', 'released', 'deducted']), items }),
  v.object({ status: v.picklist(['out_of_stock', 'uncounted']), items, shortages }),
  v.object({ status: v.picklist(['canceled', 'shipped_unseen']) }),
]);

/**
 * Stock as items `SKU#<sku>` with `available` and `reserved`, and orders as items `ORDER#<id>`, in one
 * table: what belongs together is written in one transaction.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
 */
export class StockStore extends VersionedItems<ReservationState> implements StockLedger {
  readonly #documents: Pick<DynamoDBDocumentClient, 'send'>;
  readonly #tableName: string;

  constructor(documents: Pick<DynamoDBDocumentClient, 'send'>, tableName: string) {
    super({ subject: orderSubject, documents, tableName, schema: reservationState });
    this.#documents = documents;
    this.#tableName = tableName;
  }

  async move(
    orderId: string,
    next: ReservationState,
    seen: Versioned<ReservationState> | undefined,
    movements: readonly Movement[],
  ): Promise<readonly Shortage[]> {
    const requests = [
      { Put: this.putOf(orderId, next, seen) },
      ...movements.map(movement => ({ Update: this.#updateOf(movement) })),
    ];
    try {
      await this.#documents.send(new TransactWriteCommand({ TransactItems: requests }));
      return [];
    } catch (thrown) {
      return shortagesOf(orderId, movements, thrown);
    }
  }

  #updateOf({ sku, available, reserved }: Movement) {
    const changes = Object.entries({ available, reserved }).filter(([, change]) => change !== 0);
    const taken = changes.filter(([, change]) => change < 0);
    return {
      TableName: this.#tableName,
      Key: { pk: `SKU#${sku}` },
      UpdateExpression: `SET ${changes
        .map(([name]) => `#${name} = if_not_exists(#${name}, :zero) + :${name}`)
        .join(', ')}`,
      // A SKU that is not kept has no attributes, and no comparison with a missing one holds.
      ConditionExpression: taken.map(([name]) => `#${name} >= :${name}_taken`).join(' AND '),
      ExpressionAttributeNames: Object.fromEntries(changes.map(([name]) => [`#${name}`, name])),
      ExpressionAttributeValues: {
        ':zero': 0,
        ...Object.fromEntries(changes.map(([name, change]) => [`:${name}`, change])),
        ...Object.fromEntries(taken.map(([name, change]) => [`:${name}_taken`, -change])),
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    };
  }
}

/** @throws ConflictError, DependencyDownError, or what was thrown when it is not for want of stock. */
function shortagesOf(orderId: string, movements: readonly Movement[], thrown: unknown): Shortage[] {
  const reasons = cancellationReasons(thrown);
  const [order, ...stock] = reasons;
  if (order?.Code === 'ConditionalCheckFailed') throw conflictOver(orderSubject, orderId, thrown);
  if (reasons.some(({ Code }) => Code === 'TransactionConflict')) {
    throw new ConflictError(
      `The stock of order ${orderId} is being moved for another order. It is safe to try again.`,
      { cause: thrown },
    );
  }
  const short = movements.flatMap(({ sku, available, reserved }, index) => {
    const reason = stock[index];
    if (reason?.Code !== 'ConditionalCheckFailed') return [];
    return [
      { sku, wanted: -Math.min(available, reserved), available: Number(reason.Item?.available?.N ?? 0) },
    ];
  });
  if (short.length === 0) throw cancellationFailure(`order ${orderId}`, reasons, thrown);
  return short;
}
