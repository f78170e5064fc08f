import { type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { ServiceEvent } from '../../contracts/service-events.ts';
import { dependencyFailure, reach } from '../shared/dependency.ts';
import { errorFrom } from '../shared/failures.ts';
import type { EventFile, Filed } from './event-filing.ts';

export interface EventTableOptions {
  readonly documents: Pick<DynamoDBDocumentClient, 'send'>;
  readonly tableName: string;
  /** How long an event is kept, from when it happened. */
  readonly retentionDays: number;
}

const secondsPerDay = 86_400;

/** Events as items `EVENT#<id of EventBridge>`, with the whole event. */
export class EventTable implements EventFile {
  readonly #options: EventTableOptions;

  constructor(options: EventTableOptions) {
    this.#options = options;
  }

  async add(event: ServiceEvent): Promise<Filed | undefined> {
    const { documents, tableName: TableName, retentionDays } = this.#options;
    const expires_at = Math.floor(Date.parse(event.at) / 1_000) + retentionDays * secondsPerDay;
    try {
      await documents.send(
        new PutCommand({
          TableName,
          Item: { pk: keyOf(event), event, expires_at },
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      );
      return undefined;
    } catch (thrown) {
      if (errorFrom(thrown).name !== 'ConditionalCheckFailedException') {
        throw dependencyFailure('DynamoDB', thrown);
      }
    }
    const { Item } = await reach(
      'DynamoDB',
      documents.send(new GetCommand({ TableName, Key: { pk: keyOf(event) }, ConsistentRead: true })),
    );
    return { isRaised: Item?.raised_at !== undefined };
  }

  async markRaised(event: ServiceEvent): Promise<void> {
    const { documents, tableName: TableName } = this.#options;
    await reach(
      'DynamoDB',
      documents.send(
        new UpdateCommand({
          TableName,
          Key: { pk: keyOf(event) },
          UpdateExpression: 'SET raised_at = :now',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeValues: { ':now': new Date().toISOString() },
        }),
      ),
    );
  }
}

function keyOf({ correlation_id }: ServiceEvent): string {
  return `EVENT#${correlation_id}`;
}
