import type { JSONValue } from '@aws-lambda-powertools/commons/types';
import {
  IdempotencyAlreadyInProgressError,
  IdempotencyConfig,
  IdempotencyInconsistentStateError,
  IdempotencyPersistenceLayerError,
  IdempotencyValidationError,
  makeIdempotent,
} from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import { dependencyFailure } from './dependency.ts';

/** A request with the same key is being answered at this moment. */
export class RequestInProgressError extends Error {
  override readonly name = 'RequestInProgressError';
}

/** A key was used before, with another request. */
export class KeyReusedError extends Error {
  override readonly name = 'KeyReusedError';
}

export interface IdempotentRequestsOptions {
  readonly dynamoDb: DynamoDBClient;
  /** Table with the partition key `pk` and the time to live `expires_at`. */
  readonly tableName: string;
  /** What the keys are keys of, so that others in the same table do not meet them: `order-id`. */
  readonly keyspace: string;
  /** How long a key is remembered, in seconds. */
  readonly rememberForSeconds: number;
}

/** Answers a request that comes again with the answer that it got, as long as its key is remembered. */
export class IdempotentRequests {
  readonly #config: IdempotencyConfig;
  readonly #records: DynamoDBPersistenceLayer;
  readonly #keyspace: string;

  constructor({ dynamoDb, tableName, keyspace, rememberForSeconds }: IdempotentRequestsOptions) {
    this.#config = new IdempotencyConfig({
      eventKeyJmesPath: 'key',
      payloadValidationJmesPath: 'request',
      throwOnNoIdempotencyKey: true,
      expiresAfterSeconds: rememberForSeconds,
      hashFunction: 'sha256',
    });
    this.#records = new DynamoDBPersistenceLayer({
      tableName,
      keyAttr: 'pk',
      expiryAttr: 'expires_at',
      awsSdkV3Client: dynamoDb,
    });
    this.#keyspace = keyspace;
  }

  /**
   * Answers a request by doing its work, or with the answer of the last time.
   *
   * Work that fails leaves no trace, so that it may be tried again. Work that was done is answered even
   * if that could not be remembered: a client that heard of a failure would order again.
   *
   * @param context tells how long the invocation may still take: a request whose function was killed is
   * in progress no longer than that.
   * @throws RequestInProgressError, KeyReusedError
   * @throws DependencyDownError when DynamoDB does not answer; the work was not done.
   * @throws whatever the work threw.
   */
  async answer<Answer extends JSONValue>(
    key: string,
    request: JSONValue,
    context: Context,
    work: () => Promise<Answer>,
  ): Promise<Answer> {
    let done: { readonly answer: Answer } | undefined;
    let failed: { readonly error: unknown } | undefined;
    const workOnce = async (_request: JSONValue): Promise<Answer> => {
      try {
        const answer = await work();
        done = { answer };
        return answer;
      } catch (error) {
        failed = { error };
        throw error;
      }
    };
    this.#config.registerLambdaContext(context);
    try {
      return await makeIdempotent(workOnce, {
        persistenceStore: this.#records,
        config: this.#config,
        keyPrefix: this.#keyspace,
      })({ key, request });
    } catch (error) {
      if (done !== undefined) return done.answer;
      if (failed !== undefined) throw failed.error;
      throw this.#translated(error, key);
    }
  }

  #translated(error: unknown, key: string): unknown {
    if (error instanceof IdempotencyValidationError) {
      return new KeyReusedError(`The ${this.#keyspace} "${key}" was used before, with another request.`, {
        cause: error,
      });
    }
    if (
      error instanceof IdempotencyAlreadyInProgressError ||
      error instanceof IdempotencyInconsistentStateError
    ) {
      return new RequestInProgressError(
        `A request with the ${this.#keyspace} "${key}" is being answered. Ask again in a moment.`,
        { cause: error },
      );
    }
    return error instanceof IdempotencyPersistenceLayerError
      ? dependencyFailure('DynamoDB', error.cause)
      : error;
  }
}
