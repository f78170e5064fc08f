import { Logger } from '@aws-lambda-powertools/logger';
import { parseEnvironment } from '../../contracts/environment.ts';
import { placeOrderEnvironment } from '../../contracts/order-processing.ts';
import { cardToken, orderEvents } from '../../contracts/orders.ts';
import { dynamoDbClient } from '../shared/dynamodb-client.ts';
import { FieldEncryptor } from '../shared/field-encryptor.ts';
import { IdempotentRequests } from '../shared/idempotent-requests.ts';
import { kmsClient } from '../shared/kms-client.ts';
import { snsClient } from '../shared/sns-client.ts';
import { TopicPublisher } from '../shared/topic-publisher.ts';
import { orderIntake } from './order-intake.ts';

const environment = parseEnvironment(placeOrderEnvironment, process.env);

const records = { dynamoDb: dynamoDbClient(), tableName: environment.IDEMPOTENCY_TABLE };
const day = 24 * 60 * 60;

export const handler = orderIntake({
  topic: new TopicPublisher({ sns: snsClient(), topicArn: environment.TOPIC_ARN, events: orderEvents }),
  cardTokens: new FieldEncryptor(cardToken, { kms: kmsClient(), keyArn: environment.CARD_TOKEN_KEY_ARN }),
  orders: new IdempotentRequests({
    ...records,
    keyspace: 'order id',
    // Consumers know an order for good: another one under its id would be accepted, and then ignored.
    rememberForSeconds: 366 * day,
  }),
  requests: new IdempotentRequests({ ...records, keyspace: 'idempotency key', rememberForSeconds: day }),
  logger: new Logger(),
});
