import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { dependencyFailure } from '../shared/dependency.ts';
import { errorFrom } from '../shared/failures.ts';
import type { EventLog } from './event-logging.ts';

/** Event log as items `EVENT#<id>`, with the whole event, unknown fields too. */
export class EventLogTable implements EventLog {
  readonly #documents: Pick<DynamoDBDocumentClient, 'send'>;
  readonly #tableName: string;

  constructor(documents: Pick<DynamoDBDocumentClient, 'send'>, tableName: string) {
    this.#documents = documents;
    this.#tableName = tableName;
  }

  async append(id: string, event: object): Promise<boolean> {
    try {
      await this.#documents.send(
        new PutCommand({
          TableName: this.#tableName,
          Item: { pk: `EVENT#${id}`, event, logged_at: new Date().toISOString() },
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      );
      return true;
    } catch (thrown) {
      if (errorFrom(thrown).name === 'ConditionalCheckFailedException') return false;
      throw dependencyFailure('DynamoDB', thrown);
    }
  }
}
