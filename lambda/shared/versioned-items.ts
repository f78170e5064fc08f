import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { dependencyFailure, reach, retryConflicts } from './dependency.ts';
import { ConflictError, errorFrom } from './failures.ts';

/** A state and how many times it has been written. */
export interface Versioned<State> {
  readonly state: State;
  readonly version: number;
}

/** Keeps one state for each order, upload or whatever it is; who writes says which version he has seen. */
export interface VersionedStates<State> {
  read(id: string): Promise<Versioned<State> | undefined>;

  /**
   * @param seen what the decision was made on; undefined when there was nothing.
   * @throws ConflictError when that is no longer what is stored.
   */
  write(id: string, next: State, seen: Versioned<State> | undefined): Promise<Versioned<State>>;
}

/** What the items of a table are the states of. */
export interface ItemSubject {
  /** What it is called, in messages: `order`. */
  readonly noun: string;
  /** What the key of each item begins with: `ORDER`. */
  readonly keyPrefix: string;
  /** Attribute that holds its id: `order_id`. */
  readonly idAttribute: string;

  /**
   * Whether its id says who somebody is, as an address does: then it stands in no message, since those are logged.
   *
   * @default false
   */
  readonly isPersonal?: boolean;
}

export interface VersionedItemsOptions<State> {
  readonly subject: ItemSubject;
  readonly documents: Pick<DynamoDBDocumentClient, 'send'>;
  /** Table with the partition key `pk`. */
  readonly tableName: string;
  /** What the table is expected to hold: it is read as unknown. */
  readonly schema: v.GenericSchema<unknown, State>;
}

/** States as DynamoDB items such as `ORDER#<id>`, their fields as attributes. */
export class VersionedItems<State extends object> implements VersionedStates<State> {
  readonly #options: VersionedItemsOptions<State>;

  constructor(options: VersionedItemsOptions<State>) {
    this.#options = options;
  }

  async read(id: string): Promise<Versioned<State> | undefined> {
    const { documents, tableName, schema, subject } = this.#options;
    const pk = itemKey(subject, id);
    const { Item: item } = await reach(
      'DynamoDB',
      documents.send(new GetCommand({ TableName: tableName, Key: { pk }, ConsistentRead: true })),
    );
    if (item === undefined) return undefined;
    const stored = v.safeParse(v.object({ version: v.pipe(v.number(), v.integer()) }), item);
    const state = v.safeParse(schema, item);
    if (!stored.success || !state.success) {
      const faults = [...(stored.issues ?? []), ...(state.issues ?? [])];
      throw new Error(
        `Item ${subject.isPersonal ? `${subject.keyPrefix}#…` : pk} of table ${tableName} cannot be read: ` +
          `${faults.map(issue => `${v.getDotPath(issue) ?? 'item'}: ${issue.message}`).join('; ')}. ` +
          'Was it changed by hand, or by another version of this function?',
      );
    }
    return { state: state.output, version: stored.output.version };
  }

  async write(id: string, next: State, seen: Versioned<State> | undefined): Promise<Versioned<State>> {
    const put = this.putOf(id, next, seen);
    try {
      await this.#options.documents.send(new PutCommand(put));
    } catch (thrown) {
      const { name } = errorFrom(thrown);
      if (name === 'ConditionalCheckFailedException' || name === 'TransactionConflictException') {
        throw conflictOver(this.#options.subject, id, thrown);
      }
      throw dependencyFailure('DynamoDB', thrown);
    }
    return { state: next, version: put.Item.version };
  }

  /** The write as a request, for a transaction that has more in it. */
  putOf(id: string, next: State, seen: Versioned<State> | undefined) {
    const { subject, tableName } = this.#options;
    return {
      TableName: tableName,
      Item: {
        ...next,
        pk: itemKey(subject, id),
        [subject.idAttribute]: id,
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

/** What to throw when a state is no longer the one that was seen. */
export function conflictOver({ noun, isPersonal }: ItemSubject, id: string, cause: unknown): ConflictError {
  return new ConflictError(
    `The record of ${isPersonal ? `a ${noun}` : `${noun} ${id}`} was changed by another delivery in the meantime. It is safe to try again.`,
    { cause },
  );
}

function itemKey({ keyPrefix }: ItemSubject, id: string): string {
  return `${keyPrefix}#${id}`;
}

/**
 * Decides on a state and records what was decided; when somebody else came in between, decides
 * again on the new state.
 *
 * @param assumed what the state is taken to be at first: the write tells whether it is.
 * @param decide may rely on an assumption only for what it writes: a write on a wrong one is refused.
 * @throws ConflictError when others keep coming in between.
 */
export async function onCurrentState<State, Result>(
  states: Pick<VersionedStates<State>, 'read'>,
  id: string,
  assumed: Versioned<State> | undefined,
  decide: (seen: Versioned<State> | undefined) => Promise<Result>,
): Promise<Result> {
  let seen = assumed;
  return retryConflicts(async () => {
    try {
      return await decide(seen);
    } catch (error) {
      if (error instanceof ConflictError) seen = await states.read(id);
      throw error;
    }
  });
}
