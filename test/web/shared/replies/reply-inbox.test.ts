import { replyMetrics } from '../../../../contracts/replies.ts';
import { PendingReplies } from '../../../../web/shared/replies/pending-replies.ts';
import { ReplyInbox } from '../../../../web/shared/replies/reply-inbox.ts';
import { ReplyQueueGoneError } from '../../../../web/shared/replies/reply-queue.ts';
import { RecordingLog, RecordingMetrics } from '../../support/recording.ts';
import { ReplyQueuesInMemory } from '../../support/reply-queues-in-memory.ts';
import { until } from '../../support/until.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const inbox of open.splice(0)) await inbox.close();
});

async function openInbox(signOfLifeMs = 60_000) {
  const queues = new ReplyQueuesInMemory();
  const pending = new PendingReplies<{ text: string }>({ rememberForMs: 60_000 });
  const [log, metrics] = [new RecordingLog(), new RecordingMetrics()];
  const inbox = new ReplyInbox({
    queues,
    pending,
    read: body => JSON.parse(body) as { text: string },
    signOfLifeMs,
    log,
    metrics,
    polls: 1,
    pauseAfter: () => 1,
  });
  await inbox.open();
  open.push(inbox);
  return { inbox, queues, pending, log, metrics };
}

describe('replies', () => {
  it('are handed to whoever waits, and deleted', async () => {
    const { queues, pending, metrics } = await openInbox();
    const { correlationId, reply } = pending.expect(5_000);
    queues.last.send(correlationId, { text: 'hello' });

    expect(await reply).toEqual({ text: 'hello' });
    await until('it is deleted', () => queues.last.deleted.length === 1);
    expect(metrics.counts).toEqual({ [replyMetrics.matched]: 1 });
  });

  it('that are late, duplicate or unknown are dropped, deleted and counted', async () => {
    const { queues, pending, metrics, log } = await openInbox();
    const [givenUp, answered] = [pending.expect(5_000), pending.expect(5_000)];
    givenUp.giveUp();
    queues.last.send(answered.correlationId, { text: 'first' });
    queues.last.send(answered.correlationId, { text: 'second' });
    queues.last.send(givenUp.correlationId, { text: 'late' });
    queues.last.send('never-asked', { text: 'unknown' });
    queues.last.send(undefined, { text: 'to nobody' });
    await until('all are deleted', () => queues.last.deleted.length === 5);

    expect(await answered.reply).toEqual({ text: 'first' });
    expect(metrics.counts).toEqual({
      [replyMetrics.matched]: 1,
      [replyMetrics.duplicate]: 1,
      [replyMetrics.late]: 1,
      [replyMetrics.unknown]: 2,
    });
    expect(log.lines.filter(({ message }) => message === 'Reply dropped')).toHaveLength(4);
  });

  it('that cannot be read leave whoever waits to wait for a sound one', async () => {
    const { queues, pending, metrics } = await openInbox();
    const { correlationId, reply } = pending.expect(5_000);
    queues.last.send(correlationId, 'not JSON');
    await until('it is counted', () => metrics.counts[replyMetrics.unreadable]);
    queues.last.send(correlationId, { text: 'sound' });

    expect(await reply).toEqual({ text: 'sound' });
  });

  it('do not mix between two servers, each with a queue of its own', async () => {
    const [here, there] = [await openInbox(), await openInbox()];
    const [asked, askedThere] = [here.pending.expect(5_000), there.pending.expect(5_000)];
    there.queues.last.send(asked.correlationId, { text: 'in the wrong queue' });
    there.queues.last.send(askedThere.correlationId, { text: 'there' });
    here.queues.last.send(asked.correlationId, { text: 'here' });

    expect(await askedThere.reply).toEqual({ text: 'there' });
    expect(await asked.reply).toEqual({ text: 'here' });
    expect(there.metrics.counts[replyMetrics.unknown]).toBe(1);
  });
});

describe('the queue', () => {
  it('is made when the inbox opens, and deleted when it closes', async () => {
    const { inbox, queues } = await openInbox();
    expect(queues.made).toHaveLength(1);
    expect(inbox.url).toBe(queues.last.url);

    await inbox.close();

    expect(queues.last.removed).toBe(true);
    expect(() => inbox.url).toThrow('not open');
  });

  it('shows signs of life', async () => {
    const { queues } = await openInbox(5);
    await until('there are some', () => queues.last.signs >= 3);
  });

  it('that somebody deletes is replaced once, and replies come by the new one', async () => {
    const { inbox, queues, pending, metrics } = await openInbox(5);
    const first = queues.last;
    first.vanish();
    await until('there is another', () => inbox.url !== first.url);
    const { correlationId, reply } = pending.expect(5_000);
    queues.last.send(correlationId, { text: 'by the new one' });

    expect(await reply).toEqual({ text: 'by the new one' });
    expect(queues.made).toHaveLength(2);
    expect(metrics.counts[replyMetrics.queuesReplaced]).toBe(1);
  });

  it('is replaced once, also when a call that had waited hears later that the old one is gone', async () => {
    const { promise: later, resolve: hearLater } = Promise.withResolvers<void>();
    const metrics = new RecordingMetrics();
    const queues = new ReplyQueuesInMemory();
    const inbox = new ReplyInbox({
      queues,
      pending: new PendingReplies<string>({ rememberForMs: 60_000 }),
      read: body => body,
      signOfLifeMs: 60_000,
      log: new RecordingLog(),
      metrics,
      polls: 2,
      pauseAfter: () => 1,
    });
    const make = queues.make.bind(queues);
    let asked = 0;
    queues.make = async () => {
      const queue = await make();
      if (queues.made.length === 1) {
        queue.receive = async () => {
          asked += 1;
          if (asked > 1) await later;
          throw new ReplyQueueGoneError('gone');
        };
      }
      return queue;
    };
    await inbox.open();
    open.push(inbox);
    await until('there is another', () => queues.made.length === 2);
    hearLater();
    await until('the second call has heard of it', () => metrics.counts[replyMetrics.pollsFailed] === 2);
    await until('both ask the new one', () => inbox.url === queues.made[1]?.url);

    expect(metrics.counts[replyMetrics.queuesReplaced]).toBe(1);
    expect(queues.made).toHaveLength(2);
  });

  it('is left to the janitor when it cannot be deleted', async () => {
    const { inbox, queues, log } = await openInbox();
    queues.last.remove = async () => {
      throw new Error('no permission');
    };
    await inbox.close();

    expect(log.lines.map(({ message }) => message)).toContain('Reply queue not deleted: the janitor will');
  });
});

it('tells for how long it has heard nothing', async () => {
  const { inbox, queues, pending } = await openInbox();
  await until('nothing was heard for a while', () => inbox.silentMs > 20);
  const { correlationId, reply } = pending.expect(5_000);
  queues.last.send(correlationId, { text: 'a word' });
  await reply;

  expect(inbox.silentMs).toBeLessThan(20);
});
