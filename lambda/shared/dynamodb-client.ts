import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { clientSettings } from './client-settings.ts';

/** DynamoDB client for module scope: it keeps its connections between invocations. */
export function dynamoDbClient(): DynamoDBClient {
  return new DynamoDBClient(clientSettings);
}

/** DynamoDB client that takes and gives plain values. */
export function documentClient(): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(dynamoDbClient());
}
