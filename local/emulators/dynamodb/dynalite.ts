import { createRequire } from 'node:module';
import { type ExpressionParser, rememberExpressions } from './remembered-expressions.ts';

/** An item in DynamoDB's JSON: attribute name to `{ S: '…' }`. */
export type Item = Readonly<Record<string, unknown>>;

type Answer<Value> = (error: DynaliteError | null, value?: Value) => void;

/** An error that dynalite made to be sent, or one that it met with. */
export interface DynaliteError extends Error {
  readonly statusCode?: number;
  readonly body?: { readonly __type: string; readonly message?: string; readonly Message?: string };
}

/** One table's items, or one index. */
export interface ItemDb {
  get(key: string, answer: Answer<Item>): void;
  put(key: string, value: Item, answer: Answer<void>): void;
  del(key: string, answer: Answer<void>): void;
  batch(operations: readonly BatchOperation[], answer: Answer<void>): void;
  /** Runs the task when the keys are free; they are free again once the wrapped callback is called. */
  lock(keys: string | readonly string[], task: (release: (callback: () => void) => () => void) => void): void;
}

export type BatchOperation =
  | { readonly type: 'put'; readonly key: string; readonly value: Item }
  | { readonly type: 'del'; readonly key: string };

export interface Table {
  readonly TableName: string;
  readonly TableStatus: string;
}

export interface DynaliteStore {
  readonly tableDb: { awsAccountId: string; awsRegion: string };
  readonly options: { readonly maxItemSize: number };
  getTable(name: string, answer: Answer<Table>): void;
  getItemDb(table: string): ItemDb;
  getIndexDb(indexType: string, table: string, index: string): ItemDb;
  readonly db: { close(answer: (error?: Error) => void): void };
}

type Parameters = Readonly<Record<string, unknown>>;
type DynaliteAction = (store: DynaliteStore, parameters: Parameters, answer: Answer<object>) => void;

interface Validation {
  readonly types: object;
  readonly custom?: object;
}

interface Rules {
  checkTypes(parameters: Parameters, types: object): Parameters;
  checkValidations(
    parameters: Parameters,
    types: object,
    custom: object | undefined,
    store: DynaliteStore,
  ): void;
}

interface Database {
  create(options: { createTableMs: number; deleteTableMs: number; updateTableMs: number }): DynaliteStore;
  createKey(key: Item, table: Table): string;
  validateKey(key: Item, table: Table): DynaliteError | undefined;
  validateItem(item: Item, table: Table): DynaliteError | undefined;
}

const require = createRequire(import.meta.url);
const database = require('dynalite/db') as Database;
const rules = require('dynalite/validations') as Rules;
for (const parser of ['conditionParser', 'updateParser']) {
  rememberExpressions(require(`dynalite/db/${parser}`) as ExpressionParser);
}

/** The operations that dynalite answers by itself. */
const OPERATIONS = [
  'BatchGetItem',
  'BatchWriteItem',
  'CreateTable',
  'DeleteItem',
  'DeleteTable',
  'DescribeTable',
  'DescribeTimeToLive',
  'GetItem',
  'ListTables',
  'ListTagsOfResource',
  'PutItem',
  'Query',
  'Scan',
  'TagResource',
  'UntagResource',
  'UpdateItem',
  'UpdateTable',
] as const;

export type Operation = (typeof OPERATIONS)[number];

const actions = new Map(
  OPERATIONS.map(operation => {
    const file = operation.charAt(0).toLowerCase() + operation.slice(1);
    return [
      operation as string,
      {
        act: require(`dynalite/actions/${file}`) as DynaliteAction,
        validation: require(`dynalite/validations/${file}`) as Validation,
      },
    ];
  }),
);

export function createStore(accountId: string, region: string): DynaliteStore {
  const store = database.create({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  store.tableDb.awsAccountId = accountId;
  store.tableDb.awsRegion = region;
  return store;
}

export function isOperation(name: string): name is Operation {
  return actions.has(name);
}

/** Checks parameters as DynamoDB does, and answers them with their expressions parsed. */
export function validated(operation: Operation, parameters: Parameters, store: DynaliteStore): Parameters {
  const { types, custom } = actionOf(operation).validation;
  const checked = rules.checkTypes({ ...parameters }, types);
  rules.checkValidations(checked, types, custom, store);
  return checked;
}

/** Runs an operation on parameters that have been {@link validated}. */
export function act(operation: Operation, parameters: Parameters, store: DynaliteStore): Promise<object> {
  return promised(answer => actionOf(operation).act(store, parameters, answer));
}

/** Key of an item in its table's {@link ItemDb}; throws a validation error where it does not fit the table. */
export function keyOf(table: Table, key: Item, isWholeItem: boolean): string {
  const fault = isWholeItem ? database.validateItem(key, table) : database.validateKey(key, table);
  if (fault != null) {
    throw fault;
  }
  return database.createKey(key, table);
}

export function promised<Value>(start: (answer: Answer<Value>) => void): Promise<Value> {
  return new Promise((resolve, reject) => {
    start((error, value) => (error ? reject(error) : resolve(value as Value)));
  });
}

function actionOf(operation: Operation): { act: DynaliteAction; validation: Validation } {
  const action = actions.get(operation);
  if (action === undefined) {
    throw new Error(`${operation} is not an operation of dynalite.`);
  }
  return action;
}
