import { GetQueueAttributesCommand, ListQueueTagsCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import {
  correlationIdAttribute,
  replyQueueTags,
  replyRetentionSeconds,
} from '../../../../contracts/replies.ts';
import { ReplyQueueGoneError } from '../../../../web/shared/replies/reply-queue.ts';
import { SqsReplyQueues } from '../../../../web/shared/replies/sqs-reply-queue.ts';
import { LocalSqs, region } from '../../../worker/support/local-sqs.ts';

const anybody = new AbortController().signal;

let sqs: LocalSqs;
let queues: SqsReplyQueues;
beforeAll(async () => {
  sqs = await LocalSqs.start();
  queues = new SqsReplyQueues({
    region,
    urlPrefix: `${sqs.endpoint}/000000000000/replies-`,
    arnPrefix: `arn:aws:sqs:${region}:000000000000:replies-`,
    ownerRoleArn: 'arn:aws:iam::000000000000:role/web',
    replierRoleArn: 'arn:aws:iam::000000000000:role/search',
    owner: 'server-1',
    tags: { stage: 'dev' },
    settleMs: 1,
  });
});
afterAll(async () => {
  queues.close();
  await sqs.close();
});

const attributesOf = async (QueueUrl: string) =>
  (await sqs.client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))).Attributes ??
  {};
const tagsOf = async (QueueUrl: string) =>
  (await sqs.client.send(new ListQueueTagsCommand({ QueueUrl }))).Tags ?? {};

describe('a reply queue', () => {
  it('is encrypted, keeps replies for minutes, and says who may do what with it', async () => {
    const { url } = await queues.make();
    const { Policy = '', QueueArn, ...attributes } = await attributesOf(url);

    expect(attributes).toMatchObject({
      MessageRetentionPeriod: String(replyRetentionSeconds),
      ReceiveMessageWaitTimeSeconds: '20',
      SqsManagedSseEnabled: 'true',
    });
    const { Statement } = JSON.parse(Policy) as { Statement: { Sid: string; Resource: string }[] };
    expect(Statement.map(({ Sid, Resource }) => [Sid, Resource])).toEqual([
      ['OnlyWorkersSend', QueueArn],
      ['OnlyTheOwnerTakes', QueueArn],
      ['OnlyOverTls', QueueArn],
    ]);
  });

  it('says who made it, when, and what it is paid for', async () => {
    const before = Date.now();
    const { url } = await queues.make();
    const tags = await tagsOf(url);

    expect(tags).toMatchObject({ stage: 'dev', [replyQueueTags.owner]: 'server-1' });
    for (const tag of [replyQueueTags.createdAt, replyQueueTags.aliveAt]) {
      expect(Date.parse(tags[tag] ?? '')).toBeGreaterThanOrEqual(before);
    }
  });

  it('has a name of its own', async () => {
    const [one, other] = [await queues.make(), await queues.make()];
    expect(one.url).not.toBe(other.url);
  });

  it('shows that its owner lives', async () => {
    const queue = await queues.make();
    const before = (await tagsOf(queue.url))[replyQueueTags.aliveAt] ?? '';
    while (new Date().toISOString() === before) await new Promise(resolve => setImmediate(resolve));
    await queue.signOfLife();

    expect((await tagsOf(queue.url))[replyQueueTags.aliveAt]?.localeCompare(before)).toBe(1);
  });

  it('brings replies with their ids, and forgets those that are deleted', async () => {
    const queue = await queues.make();
    await sqs.client.send(
      new SendMessageCommand({
        QueueUrl: queue.url,
        MessageBody: 'hello',
        MessageAttributes: { [correlationIdAttribute]: { DataType: 'String', StringValue: 'request-1' } },
      }),
    );
    const replies = await queue.receive(anybody);
    expect(replies).toMatchObject([{ body: 'hello', correlationId: 'request-1' }]);
    await queue.delete(replies);

    const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } = await attributesOf(
      queue.url,
    );
    expect([ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible]).toEqual(['0', '0']);
  });

  it('is gone when it was removed, once or twice', async () => {
    const queue = await queues.make();
    await queue.remove();
    await queue.remove();

    await expect(queue.receive(anybody)).rejects.toThrow(ReplyQueueGoneError);
    await expect(queue.signOfLife()).rejects.toThrow(ReplyQueueGoneError);
  });
});
