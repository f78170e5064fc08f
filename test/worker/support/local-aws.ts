import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { LocalSqs, region, type TestQueue } from './local-sqs.ts';

/** S3, SNS and SQS in this process. Keeps no versions, and writes whatever a write's conditions are. */
export class LocalAws {
  readonly sqs: LocalSqs;
  readonly s3: S3Client;
  readonly sns: SNSClient;

  private constructor(sqs: LocalSqs) {
    this.sqs = sqs;
    const settings = { region, endpoint: sqs.endpoint };
    this.s3 = new S3Client(settings);
    this.sns = new SNSClient(settings);
  }

  static async start(): Promise<LocalAws> {
    return new LocalAws(await LocalSqs.start());
  }

  get endpoint(): string {
    return this.sqs.endpoint;
  }

  async createBucket(name: string): Promise<string> {
    await this.s3.send(new CreateBucketCommand({ Bucket: name }));
    return name;
  }

  async put(bucket: string, key: string, body: Uint8Array | string): Promise<void> {
    await this.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  }

  /** An object's content; undefined where there is none. */
  async get(bucket: string, key: string): Promise<Uint8Array | undefined> {
    try {
      const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return await Body?.transformToByteArray();
    } catch {
      return undefined;
    }
  }

  /** A topic, and a queue that gets what is published to it. */
  async createTopic(name: string): Promise<{ arn: string; queue: TestQueue }> {
    const { TopicArn: arn = '' } = await this.sns.send(new CreateTopicCommand({ Name: name }));
    const queue = await this.sqs.createQueue(`${name}-subscriber`);
    await this.sns.send(
      new SubscribeCommand({
        TopicArn: arn,
        Protocol: 'sqs',
        Endpoint: `arn:aws:sqs:${region}:000000000000:${name}-subscriber`,
        Attributes: { RawMessageDelivery: 'true' },
      }),
    );
    return { arn, queue };
  }

  async close(): Promise<void> {
    this.s3.destroy();
    this.sns.destroy();
    await this.sqs.close();
  }
}
