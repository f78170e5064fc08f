import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { clientSettings } from './client-settings.ts';

/** SNS client for module scope: it keeps its connections between invocations. */
export function snsClient(): SNSClient {
  return new SNSClient(clientSettings);
}

/** DynamoDB client for module scope: it keeps its connections between invocations. */
export function dynamoDbClient(): DynamoDBClient {
  return new DynamoDBClient(clientSettings);
}

/** DynamoDB client that takes and gives plain values. */
export function documentClient(): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(dynamoDbClient());
}
