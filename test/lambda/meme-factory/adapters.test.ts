import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { objectIdOf } from '../../../contracts/stored-objects.ts';
import { S3Uploads } from '../../../lambda/meme-factory/s3-uploads.ts';
import { SqsJobs } from '../../../lambda/meme-factory/sqs-jobs.ts';
import { DependencyDownError } from '../../../lambda/shared/failures.ts';
import { QueueSender } from '../../../lambda/shared/queue-sender.ts';
import { type HttpStandIn, httpStandIn, type StandInAnswer } from '../../worker/support/http-stand-in.ts';

const upload = { bucket: 'uploads', key: 'incoming/cat.jpg', version_id: 'v1' };
const job = {
  meme_id: objectIdOf(upload),
  upload,
  texts: { top: 'a', bottom: '' },
  owner: 'jane',
  correlation_id: 'request-1',
};

describe('what AWS answers', () => {
  let standIn: HttpStandIn;
  let answer: StandInAnswer = {};
  const settings = () => ({
    region: 'eu-west-1',
    endpoint: standIn.url,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  beforeAll(async () => {
    standIn = await httpStandIn(() => answer);
  });
  afterAll(() => standIn.close());

  const metadata = () => new S3Uploads(new S3Client(settings())).metadataOf(upload);
  const send = () =>
    new SqsJobs(
      new QueueSender({
        sqs: new SQSClient({ ...settings(), md5: false }),
        queueUrl: `${standIn.url}/1/jobs`,
      }),
    ).send(job);

  it('of an upload is asked for its version alone, without its content', async () => {
    answer = {};
    expect(await metadata()).toEqual({});
    expect(standIn.requests.at(-1)).toMatchObject({ method: 'HEAD' });
    expect(standIn.requests.at(-1)?.path).toContain('versionId=v1');
  });

  it('of an upload that is gone is nothing', async () => {
    answer = { status: 404 };
    expect(await metadata()).toBeUndefined();
  });

  it('when S3 is down passes; when it refuses, that is said', async () => {
    answer = { status: 503 };
    await expect(metadata()).rejects.toThrow(DependencyDownError);
    answer = { status: 403 };
    await expect(metadata()).rejects.not.toThrow(DependencyDownError);
  });

  it('to a job is its message id; when SQS is down that passes', async () => {
    answer = { contentType: 'application/x-amz-json-1.0', body: '{"MessageId":"1"}' };
    await send();
    expect(JSON.parse(standIn.requests.at(-1)?.body ?? '{}')).toMatchObject({
      MessageBody: JSON.stringify(job),
    });
    answer = { status: 500, contentType: 'application/x-amz-json-1.0', body: '{}' };
    await expect(send()).rejects.toThrow(DependencyDownError);
  });
});
