import { CloudUnderTest, order } from '../../cloud-under-test.ts';
import { runQueueTool } from '../../run-queue-tool.ts';

describe('reading a queue', () => {
  let cloud: CloudUnderTest;

  beforeAll(async () => {
    cloud = await CloudUnderTest.start();
  });
  afterAll(() => cloud.stop());

  const run = (...args: string[]) => runQueueTool([...args, '--endpoint', cloud.url]);
  const orders = (count: number) => Array.from({ length: count }, (_, index) => order(`${index}`));

  describe('queue receive', () => {
    it('shows messages with all that a person wants to know, and hides them', async () => {
      const queue = await cloud.createQueue('shown');
      await cloud.send(queue, [order('7'), { body: 'line 1\nline \u009b31m2' }]);

      const { code, out } = await run('receive', 'shown', '--wait', '1s');

      expect(out).toMatch(
        /^\S{36}, order_placed, 7, sent \S+ s ago, 1 receive\n {2}eventType: order_placed\n/,
      );
      expect(out).toContain('\n  | line 1\n  | line �31m2\n  receipt handle: ');
      expect(out).toMatch(/\n2 messages\n$/);
      expect(code).toBe(0);
      expect(await cloud.queues.state(queue)).toMatchObject({ visible: 0, inFlight: 2 });
    });

    it('waits for a message that comes while it polls', async () => {
      const queue = await cloud.createQueue('polled');

      const receiving = run('receive', 'polled', '--wait', '20s', '--max', '1');
      await cloud.send(queue, [order('late')]);

      expect((await receiving).out).toContain('late');
    });

    it('takes many over several receives', async () => {
      const queue = await cloud.createQueue('many');
      await cloud.send(queue, orders(25));

      const { out } = await run('receive', 'many', '--max', '22', '--json', '--delete');

      expect((JSON.parse(out) as { messages: unknown[] }).messages).toHaveLength(22);
      expect(cloud.bodies(queue)).toHaveLength(3);
    });

    it('keeps them visible with --keep', async () => {
      const queue = await cloud.createQueue('kept');
      await cloud.send(queue, orders(3));

      const { out } = await run('receive', 'kept', '--keep');

      expect(out).not.toContain('receipt handle');
      expect(await cloud.queues.state(queue)).toMatchObject({ visible: 3, inFlight: 0 });
    });

    it('deletes with --delete what it has shown', async () => {
      const queue = await cloud.createQueue('deleted');
      await cloud.send(queue, orders(3));

      expect(await run('receive', 'deleted', '--delete')).toMatchObject({ code: 0 });
      expect(cloud.bodies(queue)).toEqual([]);
    });

    it('says that nothing came', async () => {
      await cloud.createQueue('silent');

      const { code, out } = await run('receive', 'silent', '--wait', '0');

      expect(out).toBe('No message came within 0 s.\n');
      expect(code).toBe(0);
    });

    it('fails with --keep and --delete', async () => {
      expect(await run('receive', 'x', '--keep', '--delete')).toMatchObject({
        code: 2,
        err: expect.stringContaining('exclude each other'),
      });
    });
  });

  describe('queue peek', () => {
    it('leaves messages where they are, and says what looking costs', async () => {
      const { queue } = await cloud.createPair('peeked', 5);
      await cloud.send(queue, orders(2));

      const { out } = await run('peek', 'peeked');

      expect(out).toContain('2 messages\nLooking has counted as one receive of each.\n');
      expect(await cloud.queues.state(queue)).toMatchObject({ visible: 2, inFlight: 0 });
    });

    it('warns of messages that are near the DLQ', async () => {
      const { queue, dlq } = await cloud.createPair('near', 3);
      await cloud.send(queue, orders(1));

      expect((await run('peek', 'near')).out).not.toMatch(/try left|goes to the DLQ/);
      expect((await run('peek', 'near')).out).toMatch(/received 2 of 3 times: its consumer has one try left/);
      const { notes } = JSON.parse((await run('peek', 'near', '--json')).out) as { notes: string[] };

      expect(notes[1]).toMatch(/received 3 of 3 times: it goes to the DLQ with the next receive/);
      expect(cloud.bodies(dlq)).toEqual([]);
    });

    it('does not look without being asked to where a look may send a message to the DLQ', async () => {
      const { queue } = await cloud.createPair('one-shot', 1);
      await cloud.send(queue, orders(1));

      const refused = await run('peek', 'one-shot');

      expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('after 1 receive') });
      expect((await run('peek', 'one-shot', '--yes')).out).toContain('1 message\n');
    });
  });

  describe('queue delete', () => {
    it('finds a message by its id, and shows the others again', async () => {
      const queue = await cloud.createQueue('by-id');
      await cloud.send(queue, orders(15));
      const { messages } = JSON.parse((await run('peek', 'by-id', '--json', '--max', '15')).out) as {
        messages: { id: string; body: string }[];
      };
      const wanted = messages.find(({ body }) => body.includes('"order_id":"9"'))?.id ?? '';

      const { code, out } = await run('delete', 'by-id', '--id', wanted, '--yes');

      expect(out).toBe('1 message deleted in by-id.\n');
      expect(code).toBe(0);
      expect(cloud.bodies(queue)).toHaveLength(14);
      expect(cloud.bodies(queue).join()).not.toContain('"order_id":"9"');
      expect(await cloud.queues.state(queue)).toMatchObject({ visible: 14, inFlight: 0 });
    });

    it('says which message is not there', async () => {
      const queue = await cloud.createQueue('not-there');
      await cloud.send(queue, orders(1));

      const { code, out } = await run('delete', 'not-there', '--id', 'unknown', '--yes');

      expect(out).toMatch(/0 messages deleted.*\n.*unknown is not deleted: not among the visible/);
      expect(code).toBe(1);
      expect(cloud.bodies(queue)).toHaveLength(1);
    });

    it('wants to know which messages', async () => {
      expect(await run('delete', 'x', '--yes')).toMatchObject({
        code: 2,
        err: expect.stringContaining('receipt handles after the queue, or --id'),
      });
    });
  });
});
