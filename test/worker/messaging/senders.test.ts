import { type MemeEvent, memeEvents } from '../../../contracts/memes.ts';
import { DependencyDownError } from '../../../worker/failures.ts';
import { SnsEventPublisher } from '../../../worker/messaging/event-publisher.ts';
import { SqsJobSender, sqsClient } from '../../../worker/messaging/job-sender.ts';
import { LocalAws } from '../support/local-aws.ts';
import { region } from '../support/local-sqs.ts';
import { until } from '../support/until.ts';

describe('what a job sends', () => {
  let aws: LocalAws;
  beforeAll(async () => {
    aws = await LocalAws.start();
  });
  afterAll(() => aws.close());

  const failed: MemeEvent = {
    event_type: 'meme_failed',
    correlation_id: 'request-1',
    meme_id: '0'.repeat(32),
    upload: { bucket: 'uploads', key: 'incoming/a.jpg' },
    owner: 'jane',
    reason: 'It breaks off',
  };

  it('is published to its topic, with the attributes that filters match', async () => {
    const { arn, queue } = await aws.createTopic('results');
    const topic = new SnsEventPublisher<MemeEvent>(aws.sns, arn, event => memeEvents.encode(event));
    await topic.publish(failed);
    const [body = ''] = await until('the event is there', async () => {
      const bodies = await queue.take();
      return bodies.length > 0 && bodies;
    });
    expect(JSON.parse(body)).toEqual(failed);
    expect(memeEvents.encode(failed).attributes).toEqual({ eventType: 'meme_failed', owner: 'jane' });
  });

  it('is put on its queue as JSON', async () => {
    const queue = await aws.sqs.createQueue('jobs');
    process.env.AWS_REGION = region;
    const sqs = sqsClient(queue.url);
    await new SqsJobSender<{ id: string }>(sqs, queue.url).send({ id: 'job-1' });
    sqs.destroy();
    expect(await queue.take()).toEqual(['{"id":"job-1"}']);
  });

  it('fails as what may pass when the service is down', async () => {
    const queue = await aws.sqs.createQueue('unreachable');
    aws.sqs.broken.add('SendMessage');
    await expect(new SqsJobSender(aws.sqs.client, queue.url).send({})).rejects.toThrow(DependencyDownError);
    aws.sqs.broken.clear();
  });
});
