import { parseEnvironment } from '../../contracts/environment.ts';
import { describeUploadEnvironment } from '../../contracts/file-uploads.ts';
import { parseNotification, subjectOf } from '../shared/bucket-notification.ts';
import { documentClient } from '../shared/dynamodb-client.ts';
import { messageConsumer } from '../shared/message-consumer.ts';
import { s3Client } from '../shared/s3-client.ts';
import { S3Uploads } from './s3-uploads.ts';
import { uploadProcessing } from './upload-processing.ts';
import { uploadStore } from './upload-store.ts';

const {
  BUCKET_NAME: bucket,
  TABLE_NAME: tableName,
  MAX_OBJECT_BYTES: maxObjectBytes,
} = parseEnvironment(describeUploadEnvironment, process.env);

const s3Uploads = new S3Uploads({ s3: s3Client(), bucket });
const processUpload = uploadProcessing({
  bucket,
  uploads: uploadStore(documentClient(), tableName),
  objects: s3Uploads,
  results: s3Uploads,
  maxObjectBytes,
});

export const handler = messageConsumer({
  parse: parseNotification,
  subjectOf,
  handle: async (message, delivery) =>
    message.kind === 'test'
      ? { outcome: 'test_event', details: { bucket: message.bucket } }
      : processUpload(message.change, delivery),
});
