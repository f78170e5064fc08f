import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { parseEnvironment } from '../../contracts/environment.ts';
import { signUpEnvironment } from '../../contracts/user-signup.ts';
import { userEvents } from '../../contracts/users.ts';
import { dynamoDbClient } from '../shared/dynamodb-client.ts';
import { IdempotentRequests } from '../shared/idempotent-requests.ts';
import { snsClient } from '../shared/sns-client.ts';
import { TopicPublisher } from '../shared/topic-publisher.ts';
import { signUpIntake } from './sign-up-intake.ts';
import { userStore } from './user-store.ts';

const environment = parseEnvironment(signUpEnvironment, process.env);

const dynamoDb = dynamoDbClient();
const day = 24 * 60 * 60;

export const handler = signUpIntake({
  topic: new TopicPublisher({ sns: snsClient(), topicArn: environment.TOPIC_ARN, events: userEvents }),
  users: userStore(DynamoDBDocumentClient.from(dynamoDb), environment.USERS_TABLE),
  requests: new IdempotentRequests({
    dynamoDb,
    tableName: environment.IDEMPOTENCY_TABLE,
    keyspace: 'idempotency key',
    rememberForSeconds: day,
  }),
  newUserId: randomUUID,
  logger: new Logger(),
});
