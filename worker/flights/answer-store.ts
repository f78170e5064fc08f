import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import {
  answerKey,
  answerValidSeconds,
  keptAnswer,
  type SearchAnswer,
  type SearchFlights,
} from '../../contracts/travel.ts';
import { jobClientSettings, reach } from '../aws/dependency.ts';

type Search = Pick<SearchFlights, 'search_id' | 'query'>;

/** Keeps what searches came to, for whoever asks the same again. */
export interface AnswerStore {
  /** @returns the answer that holds at this time, if there is one. */
  find(search: Search): Promise<SearchAnswer | undefined>;

  /**
   * Keeps an answer unless there is one that holds.
   *
   * @returns the answer that stands: this one, or the one before it.
   */
  keep(search: Search, answer: SearchAnswer): Promise<SearchAnswer>;
}

/** DynamoDB client of a job: region, credentials and endpoint come from the environment. */
export function dynamoDbClient(): DynamoDBClient {
  return new DynamoDBClient(jobClientSettings);
}

const keptItem = v.object({
  answer: v.object({ S: v.string() }),
  expires_at: v.object({ N: v.pipe(v.string(), v.transform(Number)) }),
});

/** Answers as items of a table on DynamoDB. */
export class DynamoDbAnswerStore implements AnswerStore {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #now: () => number;

  constructor(client: DynamoDBClient, tableName: string, now: () => number = Date.now) {
    this.#client = client;
    this.#tableName = tableName;
    this.#now = now;
  }

  async find(search: Search): Promise<SearchAnswer | undefined> {
    const { Item: item } = await reach(
      'DynamoDB',
      this.#client.send(
        new GetItemCommand({
          TableName: this.#tableName,
          Key: { pk: { S: answerKey(search) } },
          ConsistentRead: true,
        }),
      ),
    );
    if (item === undefined) return undefined;
    const { answer, expires_at } = v.parse(keptItem, item);
    const kept = v.parse(keptAnswer, { answer: answer.S, expires_at: expires_at.N });
    // DynamoDB removes an item some time after it expired, up to days later.
    return kept.expires_at * 1_000 > this.#now() ? kept.answer : undefined;
  }

  async keep(search: Search, answer: SearchAnswer): Promise<SearchAnswer> {
    const now = Math.floor(this.#now() / 1_000);
    try {
      await reach(
        'DynamoDB',
        this.#client.send(
          new PutItemCommand({
            TableName: this.#tableName,
            Item: {
              pk: { S: answerKey(search) },
              answer: { S: JSON.stringify(answer) },
              expires_at: { N: String(now + answerValidSeconds) },
            },
            ConditionExpression: 'attribute_not_exists(pk) OR expires_at <= :now',
            ExpressionAttributeValues: { ':now': { N: String(now) } },
          }),
        ),
      );
      return answer;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      // It may have expired in between: then this one stands, and is kept by nobody.
      return (await this.find(search)) ?? answer;
    }
  }
}
