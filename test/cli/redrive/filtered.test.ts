import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Queue } from '../../../cli/queues/queues.ts';
import { journalFor } from '../../../cli/redrive/copy-journal.ts';
import { CloudUnderTest, order, type TestMessage } from '../cloud-under-test.ts';
import { runQueueTool, type Setting } from '../run-queue-tool.ts';

const idsOf = (bodies: readonly string[]) =>
  bodies.map(body => (JSON.parse(body) as { order_id: string }).order_id);

describe('queue dlq redrive of some messages', () => {
  let cloud: CloudUnderTest;
  let state: string;

  beforeAll(async () => {
    cloud = await CloudUnderTest.start();
    state = mkdtempSync(join(tmpdir(), 'queue-redrive-'));
  });
  afterAll(async () => {
    rmSync(state, { recursive: true });
    await cloud.stop();
  });

  const redrive = (args: readonly string[], setting?: Setting) =>
    runQueueTool(['dlq', 'redrive', ...args, '--endpoint', cloud.url], {
      env: { XDG_STATE_HOME: state },
      ...setting,
    });
  const messageIds = async (queue: Queue) => {
    const { out } = await runQueueTool(['peek', queue.name, '--json', '--endpoint', cloud.url]);
    return new Map(
      (JSON.parse(out) as { messages: { id: string; body: string }[] }).messages.map(({ id, body }) => [
        (JSON.parse(body) as { order_id: string }).order_id,
        id,
      ]),
    );
  };

  it('moves those of a type and leaves the others visible', async () => {
    const { queue, dlq } = await cloud.createPair('typed');
    await cloud.fail(queue, dlq, [order('1'), order('2', 'order_canceled'), order('3')]);

    const { code, out } = await redrive(['typed', '--type', 'order_canceled', '--yes']);

    expect(out).toContain('Those that match (type order_canceled) are copied to typed, and each is deleted');
    expect(out).toMatch(/Done: 1 moved, 0 failed, about 2 left in typed-dlq/);
    expect(code).toBe(0);
    expect(idsOf(cloud.bodies(queue))).toEqual(['2']);
    expect(await cloud.queues.state(dlq)).toMatchObject({ visible: 2, inFlight: 0 });
  });

  it('moves those of a reason', async () => {
    const [queue, dlq] = [
      await cloud.createQueue('reasoned'),
      await cloud.createQueue('reasoned-undelivered'),
    ];
    await cloud.subscribe('reasons', queue.arn, dlq);
    const because = (id: string, reason: string): TestMessage => {
      const { body, attributes } = order(id);
      const text = (value: string) => ({ DataType: 'String', StringValue: value });
      return {
        body,
        attributes: {
          ...attributes,
          RequestID: text('r'),
          ErrorCode: text('400'),
          ErrorMessage: text(reason),
        },
      };
    };
    await cloud.send(dlq, [because('1', 'Access denied'), because('2', 'The queue does not exist')]);

    await redrive([dlq.name, '--reason', 'access DENIED', '--yes']);

    expect(idsOf(cloud.bodies(queue))).toEqual(['1']);
    expect(idsOf(cloud.bodies(dlq))).toEqual(['2']);
  });

  it('moves one by its id', async () => {
    const { queue, dlq } = await cloud.createPair('identified');
    await cloud.fail(queue, dlq, [order('1'), order('2')]);

    await redrive(['identified', '--id', (await messageIds(dlq)).get('2') ?? '', '--yes']);

    expect(idsOf(cloud.bodies(queue))).toEqual(['2']);
  });

  it('moves those of an age', async () => {
    const { queue, dlq } = await cloud.createPair('aged');
    await cloud.fail(queue, dlq, [order('1')]);

    expect((await redrive(['aged', '--older-than', '1h', '--yes'])).out).toContain('Done: 0 moved');
    expect((await redrive(['aged', '--newer-than', '1h', '--yes'])).out).toContain('Done: 1 moved');
    expect(cloud.bodies(queue)).toHaveLength(1);
  });

  it('goes through more than one receive takes, past those that are not meant', async () => {
    const { queue, dlq } = await cloud.createPair('many');
    await cloud.fail(
      queue,
      dlq,
      Array.from({ length: 60 }, (_, index) => order(`${index}`, index % 20 === 7 ? 'wanted' : 'other')),
    );

    await redrive(['many', '--type', 'wanted', '--yes']);

    expect(idsOf(cloud.bodies(queue)).sort()).toEqual(['27', '47', '7']);
    expect(await cloud.queues.state(dlq)).toMatchObject({ visible: 57, inFlight: 0 });
  });

  it('moves nothing in a dry run, or without a yes', async () => {
    const { queue, dlq } = await cloud.createPair('looked');
    await cloud.fail(queue, dlq, [order('1')]);

    expect(await redrive(['looked', '--type', 'order_placed', '--dry-run'])).toMatchObject({ code: 0 });
    expect(await redrive(['looked', '--type', 'order_placed'], { tty: true, answer: 'n' })).toMatchObject({
      code: 1,
    });
    expect(cloud.bodies(dlq)).toHaveLength(1);
  });

  it('lets nothing overtake in a FIFO queue what it leaves behind', async () => {
    const { queue, dlq } = await cloud.createPair('ordered.fifo');
    const step = (group: string, number: number, type: string): TestMessage => ({
      ...order(`${group}${number}`, type),
      groupId: group,
      deduplicationId: `${group}-${number}`,
    });
    await cloud.fail(queue, dlq, [
      step('a', 1, 'wanted'),
      step('a', 2, 'other'),
      step('a', 3, 'wanted'),
      step('b', 1, 'wanted'),
    ]);

    await redrive(['ordered', '--type', 'wanted', '--yes']);

    // Within five minutes of the first sending, and not dropped as duplicates.
    expect(idsOf(cloud.bodies(queue)).sort()).toEqual(['a1', 'b1']);
    expect(idsOf(cloud.bodies(dlq))).toEqual(['a2', 'a3']);
  });

  it('wants to know where to, of the DLQ of several queues', async () => {
    const { dlq } = await cloud.createPair('shared');
    await cloud.createSourceOf(dlq, 'sharing');

    expect(await redrive([dlq.name, '--type', 'x', '--yes'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/is the DLQ of .*: say where the chosen messages go, --to/),
    });
  });

  describe('after a crash between copy and deletion', () => {
    it('deletes what was copied, and does not copy it again', async () => {
      const { queue, dlq } = await cloud.createPair('crashed');
      await cloud.fail(queue, dlq, [order('1'), order('2')]);
      const copied = (await messageIds(dlq)).get('1') ?? '';
      journalFor(dlq, queue, { XDG_STATE_HOME: state }).copied([copied]);

      const { out } = await redrive(['crashed', '--type', 'order_placed', '--yes']);

      expect(out).toContain('Done: 2 moved');
      expect(idsOf(cloud.bodies(queue))).toEqual(['2']);
      expect(cloud.bodies(dlq)).toEqual([]);
    });

    it('leaves no journal behind once all is deleted', () => {
      expect(readdirSync(join(state, 'messaging-on-aws', 'redrive'))).toEqual([]);
    });

    it('reads a journal whose last line was cut off, and keeps it while something is open', async () => {
      const { queue, dlq } = await cloud.createPair('cut');
      const env = { HOME: state };
      const journal = journalFor(dlq, queue, env);
      journal.copied(['a', 'b']);
      journal.deleted(['a']);
      journal.close();
      const folder = join(state, '.local', 'state', 'messaging-on-aws', 'redrive');
      const [name = ''] = readdirSync(folder);
      writeFileSync(join(folder, name), `${readFileSync(join(folder, name), 'utf8')}{"copied":["c`);

      const again = journalFor(dlq, queue, env);

      expect(['a', 'b', 'c'].map(id => again.hasCopied(id))).toEqual([false, true, false]);
      again.deleted(['b']);
      again.close();
      expect(readdirSync(folder)).toHaveLength(1);
    });
  });

  describe('of all messages in stage prod', () => {
    async function failedInProd(name: string) {
      const dlq = await cloud.createQueue(`${name}-dlq`, {}, { stage: 'prod' });
      const queue = await cloud.createSourceOf(dlq, name);
      await cloud.fail(queue, dlq, [order('1')]);
      return { queue, dlq };
    }

    it('does not take --yes', async () => {
      const { dlq } = await failedInProd('prod-yes');

      expect(await redrive(['prod-yes', '--yes'])).toMatchObject({
        code: 2,
        err: expect.stringMatching(/move all messages in prod-yes-dlq.*say --confirm prod-yes-dlq/),
      });
      expect(cloud.bodies(dlq)).toHaveLength(1);
    });

    it('takes the name of the DLQ', async () => {
      const { queue } = await failedInProd('prod-named');

      expect(await redrive(['prod-named', '--confirm', 'prod-named-dlq'])).toMatchObject({ code: 0 });
      expect(cloud.bodies(queue)).toHaveLength(1);
    });

    it('takes --yes for some of them', async () => {
      const { queue } = await failedInProd('prod-some');

      expect(await redrive(['prod-some', '--type', 'order_placed', '--yes'])).toMatchObject({ code: 0 });
      expect(cloud.bodies(queue)).toHaveLength(1);
    });
  });
});
