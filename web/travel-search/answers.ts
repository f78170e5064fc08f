import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { answerKey, keptAnswer, type PostedSearch, type SearchAnswer } from '../../contracts/travel.ts';
import { clientSettings, reach } from '../shared/dependency.ts';

/** What searches came to, for as long as that holds. */
export interface Answers {
  /** @throws DependencyDownError */
  find(search: PostedSearch): Promise<SearchAnswer | undefined>;
}

export function documentClient(region: string): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(new DynamoDBClient({ ...clientSettings, region }));
}

/** Answers in DynamoDB, where the workers put them. */
export class KeptAnswers implements Answers {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(documents: DynamoDBDocumentClient, tableName: string) {
    this.#documents = documents;
    this.#tableName = tableName;
  }

  async find(search: PostedSearch): Promise<SearchAnswer | undefined> {
    const pk = answerKey(search);
    const { Item: item } = await reach(
      'DynamoDB',
      this.#documents.send(new GetCommand({ TableName: this.#tableName, Key: { pk }, ConsistentRead: true })),
    );
    if (item === undefined) return undefined;
    const { answer, expires_at } = v.parse(keptAnswer, item);
    // DynamoDB removes an item some time after it expired, up to days later.
    return expires_at * 1_000 > Date.now() ? answer : undefined;
  }
}
