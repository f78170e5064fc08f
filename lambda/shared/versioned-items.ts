import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { dependencyFailure, reach, retryConflicts } from './dependency.ts';
import { ConflictError, errorFrom } from './failures.ts';

/** A state and how many times it has been written. */
export interface Versioned<State> {
  readonly state: State;
  readonly version: number;
}

/** Keeps one state for each order; who writes says which version he has seen. */
export interface OrderStates<State> {
  read(orderId: string): Promise<Versioned<State> | undefined>;

  /**
   * @param seen what the decision was made on; undefined when there was nothing.
   * @throws ConflictError when that is no longer what is stored.
   */
  write(orderId: string, next: State, seen: Versioned<State> | undefined): Promise<Versioned<State>>;
}

export interface VersionedItemsOptions<State> {
  readonly documents: Pick<DynamoDBDocumentClient, 'send'>;
  /** Table with the partition key `pk`. */
  readonly tableName: string;
  /** What the table is expected to hold: it is read as unknown. */
  readonly schema: v.GenericSchema<unknown, State>;
}

/** The states of orders as DynamoDB items `ORDER#<id>`, their fields as attributes. */
export class VersionedItems<State extends object> implements OrderStates<State> {
  readonly #options: VersionedItemsOptions<State>;

  constructor(options: VersionedItemsOptions<State>) {
    this.#options = options;
  }

  async read(orderId: string): Promise<Versioned<State> | undefined> {
    const { documents, tableName, schema } = this.#options;
    const { Item: item } = await reach(
      'DynamoDB',
      documents.send(
        new GetCommand({ TableName: tableName, Key: { pk: orderKey(orderId) }, ConsistentRead: true }),
      ),
    );
    if (item === undefined) return undefined;
    const stored = v.safeParse(v.object({ version: v.pipe(v.number(), v.integer()) }), item);
    const state = v.safeParse(schema, item);
    if (!stored.success || !state.success) {
      const faults = [...(stored.issues ?? []), ...(state.issues ?? [])];
      throw new Error(
        `Item ${orderKey(orderId)} of table ${tableName} cannot be read: ` +
          `${faults.map(issue => `${v.getDotPath(issue) ?? 'item'}: ${issue.message}`).join('; ')}. ` +
          'Was it changed by hand, or by another version of this function?',
      );
    }
    return { state: state.output, version: stored.output.version };
  }

  async write(orderId: string, next: State, seen: Versioned<State> | undefined): Promise<Versioned<State>> {
    const put = this.putOf(orderId, next, seen);
    try {
      await this.#options.documents.send(new PutCommand(put));
    } catch (thrown) {
      const { name } = errorFrom(thrown);
      if (name === 'ConditionalCheckFailedException' || name === 'TransactionConflictException') {
        throw conflictOver(orderId, thrown);
      }
      throw dependencyFailure('DynamoDB', thrown);
    }
    return { state: next, version: put.Item.version };
  }

  /** The write as a request, for a transaction that has more in it. */
  putOf(orderId: string, next: State, seen: Versioned<State> | undefined) {
    return {
      TableName: this.#options.tableName,
      Item: {
        ...next,
        pk: orderKey(orderId),
        order_id: orderId,
        version: (seen?.version ?? 0) + 1,
        updated_at: new Date().toISOString(),
      },
      ...(seen === undefined
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: '#version = :seen',
            ExpressionAttributeNames: { '#version': 'version' },
            ExpressionAttributeValues: { ':seen': seen.version },
          }),
    };
  }
}

export function conflictOver(orderId: string, cause: unknown): ConflictError {
  return new ConflictError(
    `The record of order ${orderId} was changed by another delivery in the meantime. It is safe to try again.`,
    { cause },
  );
}

function orderKey(orderId: string): string {
  return `ORDER#${orderId}`;
}

/**
 * Decides on an order's state and records what was decided; when somebody else came in between, decides
 * again on the new state.
 *
 * @param assumed what the state is taken to be at first: the write tells whether it is.
 * @param decide may rely on an assumption only for what it writes: a write on a wrong one is refused.
 * @throws ConflictError when others keep coming in between.
 */
export async function onCurrentState<State, Result>(
  states: Pick<OrderStates<State>, 'read'>,
  orderId: string,
  assumed: Versioned<State> | undefined,
  decide: (seen: Versioned<State> | undefined) => Promise<Result>,
): Promise<Result> {
  let seen = assumed;
  return retryConflicts(async () => {
    try {
      return await decide(seen);
    } catch (error) {
      if (error instanceof ConflictError) seen = await states.read(orderId);
      throw error;
    }
  });
}
