import { parseEnvironment } from '../../contracts/environment.ts';
import { filedEvents, fileEventsEnvironment, incidentEvents } from '../../contracts/service-events.ts';
import { documentClient } from '../shared/dynamodb-client.ts';
import { queueConsumer } from '../shared/queue-consumer.ts';
import { snsClient } from '../shared/sns-client.ts';
import { TopicPublisher } from '../shared/topic-publisher.ts';
import { eventFiling } from './event-filing.ts';
import { EventTable } from './event-table.ts';

const {
  TABLE_NAME: tableName,
  TOPIC_ARN: topicArn,
  RETENTION_DAYS: retentionDays,
} = parseEnvironment(fileEventsEnvironment, process.env);

export const handler = queueConsumer({
  selection: filedEvents,
  subjectField: 'correlation_id',
  handle: eventFiling({
    file: new EventTable({ documents: documentClient(), tableName, retentionDays }),
    incidents: new TopicPublisher({ sns: snsClient(), topicArn, events: incidentEvents }),
  }),
});
