import { Logger } from '@aws-lambda-powertools/logger';
import { parseEnvironment } from '../../contracts/environment.ts';
import { placeOrderEnvironment } from '../../contracts/order-processing.ts';
import { orderEvents } from '../../contracts/orders.ts';
import { dynamoDbClient, snsClient } from '../shared/aws-clients.ts';
import { IdempotentRequests } from '../shared/idempotent-requests.ts';
import { TopicPublisher } from '../shared/topic-publisher.ts';
import { orderIntake } from './order-intake.ts';

const environment = parseEnvironment(placeOrderEnvironment, process.env);

const remembered = {
  dynamoDb: dynamoDbClient(),
  tableName: environment.IDEMPOTENCY_TABLE,
  rememberForSeconds: 24 * 60 * 60,
};

export const handler = orderIntake({
  topic: new TopicPublisher({ sns: snsClient(), topicArn: environment.TOPIC_ARN, events: orderEvents }),
  orders: new IdempotentRequests({ ...remembered, keyspace: 'order id' }),
  requests: new IdempotentRequests({ ...remembered, keyspace: 'idempotency key' }),
  logger: new Logger(),
});
