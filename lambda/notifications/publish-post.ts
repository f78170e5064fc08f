import { Logger } from '@aws-lambda-powertools/logger';
import { parseEnvironment } from '../../contracts/environment.ts';
import { publishPostEnvironment } from '../../contracts/notifications.ts';
import { postEvents } from '../../contracts/posts.ts';
import { ClaimCheck } from '../shared/claim-check.ts';
import { dynamoDbClient } from '../shared/dynamodb-client.ts';
import { IdempotentRequests } from '../shared/idempotent-requests.ts';
import { s3Client } from '../shared/s3-client.ts';
import { snsClient } from '../shared/sns-client.ts';
import { TopicPublisher } from '../shared/topic-publisher.ts';
import { postIntake } from './post-intake.ts';

const environment = parseEnvironment(publishPostEnvironment, process.env);

const records = { dynamoDb: dynamoDbClient(), tableName: environment.IDEMPOTENCY_TABLE };
const day = 24 * 60 * 60;

export const handler = postIntake({
  topic: new TopicPublisher({
    sns: snsClient(),
    topicArn: environment.TOPIC_ARN,
    events: postEvents,
    claimCheck: new ClaimCheck({ s3: s3Client(), bucket: environment.PAYLOAD_BUCKET }),
  }),
  posts: new IdempotentRequests({
    ...records,
    keyspace: 'post id',
    // Consumers know a post for good: another one under its id would be accepted, and then set aside.
    rememberForSeconds: 366 * day,
  }),
  requests: new IdempotentRequests({ ...records, keyspace: 'idempotency key', rememberForSeconds: day }),
  logger: new Logger(),
});
