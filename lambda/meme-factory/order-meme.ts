import { parseEnvironment } from '../../contracts/environment.ts';
import { orderMemeEnvironment } from '../../contracts/meme-factory.ts';
import { memeEvents } from '../../contracts/memes.ts';
import { parseNotification, subjectOf } from '../shared/bucket-notification.ts';
import { messageConsumer } from '../shared/message-consumer.ts';
import { QueueSender } from '../shared/queue-sender.ts';
import { s3Client } from '../shared/s3-client.ts';
import { snsClient } from '../shared/sns-client.ts';
import { sqsClient } from '../shared/sqs-client.ts';
import { TopicPublisher } from '../shared/topic-publisher.ts';
import { memeOrdering } from './meme-ordering.ts';
import { S3Uploads } from './s3-uploads.ts';
import { SqsJobs } from './sqs-jobs.ts';

const { QUEUE_URL: queueUrl, TOPIC_ARN: topicArn } = parseEnvironment(orderMemeEnvironment, process.env);

const order = memeOrdering({
  uploads: new S3Uploads(s3Client()),
  jobs: new SqsJobs(new QueueSender({ sqs: sqsClient(queueUrl), queueUrl })),
  results: new TopicPublisher({ sns: snsClient(), topicArn, events: memeEvents }),
});

export const handler = messageConsumer({
  parse: parseNotification,
  subjectOf,
  handle: async message =>
    message.kind === 'test'
      ? { outcome: 'test_event', details: { bucket: message.bucket } }
      : order(message.change),
});
