import { AwsError } from '../aws-error.ts';
import {
  act,
  type DynaliteError,
  type DynaliteStore,
  type Item,
  keyOf,
  type Operation,
  promised,
  type Table,
  validated,
} from './dynalite.ts';
import { type ItemAddress, readItem, withItemsLocked } from './item-locks.ts';
import { StagedWrites } from './staged-writes.ts';

const MAX_ITEMS = 100;

type Parameters = Readonly<Record<string, unknown>>;

interface TransactedWrite extends ItemAddress {
  readonly operation: Operation;
  readonly parameters: Parameters;
  /** A condition check writes nothing. */
  readonly isCheckOnly: boolean;
  readonly returnsItemOnFailure: boolean;
}

interface CancellationReason {
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: Item;
}

/** Which of dynalite's operations checks and does each kind of write; a check is a deletion never committed. */
const WRITES: Readonly<Record<string, Operation>> = {
  ConditionCheck: 'DeleteItem',
  Delete: 'DeleteItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
};

/**
 * Applies up to 100 writes to different items, all or none.
 *
 * @throws AwsError TransactionCanceledException with a reason for each item, in their order.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export async function transactWrite(store: DynaliteStore, parameters: Parameters): Promise<object> {
  const entries = checkedEntries(parameters.TransactItems);
  const writes = await Promise.all(entries.map(entry => parsedWrite(store, entry)));
  refuseDuplicates(writes);
  await withItemsLocked(store, writes, async () => {
    const committed = new StagedWrites(store);
    const reasons = await Promise.all(
      writes.map(write => stage(write, write.isCheckOnly ? new StagedWrites(store) : committed, store)),
    );
    if (reasons.some(reason => reason.Code !== 'None')) {
      throw cancelled(reasons);
    }
    await committed.commit();
  });
  return {};
}

/**
 * Reads up to 100 items as they stand between transactions.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactGetItems.html
 */
export async function transactGet(store: DynaliteStore, parameters: Parameters): Promise<object> {
  const entries = checkedEntries(parameters.TransactItems);
  const reads = await Promise.all(
    entries.map(async entry => {
      const get = validated('GetItem', parametersOf(entry, 'Get'), store);
      return { ...(await addressOf(store, get)), parameters: get };
    }),
  );
  const responses = await withItemsLocked(store, unique(reads), () =>
    Promise.all(reads.map(read => act('GetItem', read.parameters, store))),
  );
  return { Responses: responses };
}

async function parsedWrite(store: DynaliteStore, entry: Parameters): Promise<TransactedWrite> {
  const [kind, ...others] = Object.keys(entry).filter(key => entry[key] != null);
  const operation = WRITES[kind ?? ''];
  if (kind === undefined || operation === undefined || others.length > 0) {
    throw validationError(
      'TransactItems can only contain one of Check, Put, Update or Delete, in each entry.',
    );
  }
  const parameters = validated(operation, parametersOf(entry, kind), store);
  return {
    ...(await addressOf(store, parameters)),
    operation,
    parameters,
    isCheckOnly: kind === 'ConditionCheck',
    returnsItemOnFailure: parametersOf(entry, kind).ReturnValuesOnConditionCheckFailure === 'ALL_OLD',
  };
}

async function stage(
  write: TransactedWrite,
  staged: StagedWrites,
  store: DynaliteStore,
): Promise<CancellationReason> {
  try {
    await act(write.operation, write.parameters, staged.view);
    return { Code: 'None' };
  } catch (fault) {
    const { body } = fault as DynaliteError;
    const code = body?.__type.split('#')[1];
    if (code === undefined) {
      throw fault;
    }
    const item = write.returnsItemOnFailure ? await readItem(store, write) : undefined;
    return {
      Code:
        code === 'ConditionalCheckFailedException'
          ? 'ConditionalCheckFailed'
          : code.replace(/Exception$/, 'Error'),
      Message: body?.message ?? '',
      ...(item === undefined ? {} : { Item: item }),
    };
  }
}

function cancelled(reasons: readonly CancellationReason[]): AwsError {
  const codes = reasons.map(reason => reason.Code).join(', ');
  return new AwsError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    400,
    { CancellationReasons: reasons },
  );
}

function checkedEntries(entries: unknown): readonly Parameters[] {
  if (!Array.isArray(entries) || entries.length < 1 || entries.length > MAX_ITEMS) {
    throw validationError(
      `1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have ` +
        `length less than or equal to ${MAX_ITEMS} and greater than or equal to 1`,
    );
  }
  return entries as Parameters[];
}

function refuseDuplicates(items: readonly ItemAddress[]): void {
  if (unique(items).length < items.length) {
    throw validationError('Transaction request cannot include multiple operations on one item');
  }
}

function unique(items: readonly ItemAddress[]): readonly ItemAddress[] {
  return [...new Map(items.map(item => [`${item.table}/${item.key}`, item])).values()];
}

/** Where the item of a request lies. */
export async function addressOf(store: DynaliteStore, parameters: Parameters): Promise<ItemAddress> {
  const name = String(parameters.TableName);
  const table = await promised<Table>(answer => store.getTable(name, answer));
  const item = (parameters.Item ?? parameters.Key) as Item;
  return { table: name, key: keyOf(table, item, parameters.Item !== undefined) };
}

function parametersOf(entry: Parameters, kind: string): Parameters {
  return (entry[kind] ?? {}) as Parameters;
}

function validationError(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
