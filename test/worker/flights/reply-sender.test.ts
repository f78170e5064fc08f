import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { correlationIdAttribute } from '../../../contracts/replies.ts';
import { ForeignReplyQueueError, SqsReplySender } from '../../../worker/flights/reply-sender.ts';
import { LocalSqs, region } from '../support/local-sqs.ts';

let sqs: LocalSqs;
let sender: SqsReplySender;
let urlPrefix: string;
beforeAll(async () => {
  process.env.AWS_REGION = region;
  sqs = await LocalSqs.start();
  urlPrefix = `${sqs.endpoint}/000000000000/replies-`;
  sender = new SqsReplySender(urlPrefix);
});
afterAll(async () => {
  sender.close();
  await sqs.close();
});

const address = (queue_url: string) => ({ queue_url, correlation_id: 'request-1' });

it('sends a reply with the id of its request', async () => {
  const queue = await sqs.createQueue('replies-1');

  expect(await sender.to(address(queue.url)).send({ text: 'hello' })).toBe('sent');
  const { Messages = [] } = await sqs.client.send(
    new ReceiveMessageCommand({ QueueUrl: queue.url, MessageAttributeNames: ['All'] }),
  );
  expect(Messages[0]).toMatchObject({
    Body: '{"text":"hello"}',
    MessageAttributes: { [correlationIdAttribute]: { StringValue: 'request-1' } },
  });
});

it('says when the queue is gone, and its producer with it', async () => {
  expect(await sender.to(address(`${urlPrefix}gone`)).send({})).toBe('orphaned');
});

it.each([
  ['another queue', () => `${sqs.endpoint}/000000000000/requests`],
  ['another account', () => urlPrefix.replace('000000000000', '999999999999').concat('1')],
  ['another host', () => 'https://elsewhere.example/000000000000/replies-1'],
  ['another queue, by a detour', () => `${urlPrefix}1/../requests`],
  ['no id at all', () => urlPrefix],
])('sends nothing to %s', (_, url) => {
  expect(() => sender.to(address(url()))).toThrow(ForeignReplyQueueError);
});
