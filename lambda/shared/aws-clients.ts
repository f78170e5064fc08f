import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/**
 * How long a call may take. Three tries of at most 1.5 s stay well below the shortest timeout of a
 * function here (15 s), so that a dependency that hangs is reported as down, not as a killed function.
 *
 * `throwOnRequestTimeout`: without it the SDK only logs that the time is over, and waits on.
 */
const clientSettings = {
  maxAttempts: 3,
  retryMode: 'standard',
  requestHandler: { connectionTimeout: 500, requestTimeout: 1_500, throwOnRequestTimeout: true },
};

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
