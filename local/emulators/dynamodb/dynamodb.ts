import { ACCOUNT_ID } from '../../assembly/cloud-assembly.ts';
import { AwsError } from '../aws-error.ts';
import { jsonAnswer, jsonError, type WireAnswer } from '../wire-protocol.ts';
import {
  act,
  createStore,
  type DynaliteError,
  type DynaliteStore,
  isOperation,
  type Operation,
  validated,
} from './dynalite.ts';
import { readItem, withItemsLocked } from './item-locks.ts';
import { RequestTokens } from './request-tokens.ts';
import { StagedWrites } from './staged-writes.ts';
import { addressOf, transactGet, transactWrite } from './transactions.ts';

const NAMESPACE = 'com.amazonaws.dynamodb.v20120810';

type Parameters = Readonly<Record<string, unknown>>;

/** DynamoDB in memory: dynalite in this process, with the transactions that it lacks. */
export class DynamoDb {
  readonly #store: DynaliteStore;
  readonly #tokens = new RequestTokens();

  constructor(region: string) {
    this.#store = createStore(ACCOUNT_ID, region);
  }

  /** Answers an operation as it would come back over the wire, errors included. */
  async answer(operation: string, parameters: Parameters): Promise<WireAnswer> {
    try {
      return jsonAnswer(await this.#result(operation, parameters));
    } catch (fault) {
      if (fault instanceof AwsError) {
        return jsonError(fault, NAMESPACE);
      }
      const { statusCode, body } = fault as DynaliteError;
      if (statusCode === undefined) {
        throw fault;
      }
      return { ...jsonAnswer(body), status: statusCode };
    }
  }

  close(): Promise<void> {
    return new Promise(resolve => this.#store.db.close(() => resolve()));
  }

  #result(operation: string, parameters: Parameters): Promise<object> {
    if (operation === 'TransactWriteItems') {
      return this.#tokens.once(parameters.ClientRequestToken, parameters.TransactItems, () =>
        transactWrite(this.#store, parameters),
      );
    }
    if (operation === 'TransactGetItems') {
      return transactGet(this.#store, parameters);
    }
    if (!isOperation(operation)) {
      throw new AwsError(
        'UnknownOperationException',
        `The local cloud's DynamoDB does not offer ${operation}.`,
      );
    }
    const checked = validated(operation, parameters, this.#store);
    return parameters.ReturnValuesOnConditionCheckFailure === 'ALL_OLD'
      ? this.#withItemOnFailure(operation, checked)
      : act(operation, checked, this.#store);
  }

  /** Writes with the item in hand, so that what a failed condition reports is what it failed on. */
  async #withItemOnFailure(operation: Operation, parameters: Parameters): Promise<object> {
    const address = await addressOf(this.#store, parameters);
    return withItemsLocked(this.#store, [address], async () => {
      const staged = new StagedWrites(this.#store);
      try {
        const result = await act(operation, parameters, staged.view);
        await staged.commit();
        return result;
      } catch (fault) {
        const { body } = fault as DynaliteError;
        const item = body?.__type.endsWith('#ConditionalCheckFailedException')
          ? await readItem(this.#store, address)
          : undefined;
        throw item === undefined
          ? fault
          : new AwsError('ConditionalCheckFailedException', String(body?.message), 400, { Item: item });
      }
    });
  }
}
