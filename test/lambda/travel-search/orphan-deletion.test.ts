import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { CreateQueueCommand, ListQueuesCommand } from '@aws-sdk/client-sqs';
import { replyQueueTags } from '../../../contracts/replies.ts';
import { orphanDeletion, QueuesLeftError } from '../../../lambda/travel-search/orphan-deletion.ts';
import { type ReplyQueues, SqsReplyQueues } from '../../../lambda/travel-search/reply-queues.ts';
import { lambdaContext } from '../../support/lambda-context.ts';
import { catchLogLines } from '../../support/log-lines.ts';
import { LocalSqs } from '../../worker/support/local-sqs.ts';

const prefix = 'travel-search-replies-';
const logger = new Logger({ logLevel: 'SILENT' });
const metrics = new Metrics({ namespace: 'TravelSearch', serviceName: 'janitor' });

let sqs: LocalSqs;
beforeEach(async () => {
  catchLogLines();
  sqs = await LocalSqs.start();
});
afterEach(() => sqs.close());

async function createQueue(name: string, aliveAt?: Date) {
  const tags = { [replyQueueTags.owner]: 'server-1' };
  await sqs.client.send(
    new CreateQueueCommand({
      QueueName: name,
      tags: { ...tags, ...(aliveAt && { [replyQueueTags.aliveAt]: aliveAt.toISOString() }) },
    }),
  );
}

async function names(): Promise<string[]> {
  const { QueueUrls = [] } = await sqs.client.send(new ListQueuesCommand({}));
  return QueueUrls.map(url => url.slice(url.lastIndexOf('/') + 1)).sort();
}

/** The janitor as it comes an hour after the queues were made. */
function janitor(queues: ReplyQueues = new SqsReplyQueues(prefix, sqs.client)) {
  const now = new Date(Date.now() + 3_600_000);
  const handler = orphanDeletion({ queues, orphanedAfterMs: 1_800_000, logger, metrics, now: () => now });
  return { run: () => handler({}, lambdaContext()), now };
}

describe('the janitor', () => {
  it('deletes the reply queues whose owners are silent, and no other queue', async () => {
    const { run, now } = janitor();
    await createQueue(`${prefix}silent`, new Date(now.getTime() - 1_801_000));
    await createQueue(`${prefix}never-heard`);
    await createQueue(`${prefix}alive`, new Date(now.getTime() - 1_700_000));
    await createQueue('travel-search-requests');
    await run();

    expect(await names()).toEqual([`${prefix}alive`, 'travel-search-requests']);
  });

  it('does all that it can, and fails for the rest', async () => {
    await createQueue(`${prefix}one`);
    await createQueue(`${prefix}two`);
    const queues = new SqsReplyQueues(prefix, sqs.client);
    const refused: ReplyQueues = {
      urls: () => queues.urls(),
      look: url => queues.look(url),
      delete: url => (url.endsWith('one') ? Promise.reject(new Error('AccessDenied')) : queues.delete(url)),
    };
    const { run } = janitor(refused);

    await expect(run()).rejects.toThrow(QueuesLeftError);
    expect(await names()).toEqual([`${prefix}one`]);
  });

  it('stands a queue that goes while it looks', async () => {
    const queues = new SqsReplyQueues(prefix, sqs.client);
    const gone = `${sqs.endpoint}/000000000000/${prefix}gone`;

    expect(await queues.look(gone)).toBeUndefined();
    await expect(queues.delete(gone)).resolves.toBeUndefined();
  });
});
