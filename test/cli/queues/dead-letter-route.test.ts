import { findRoute } from '../../../cli/queues/dead-letter-route.ts';
import { lookUpQueue } from '../../../cli/queues/queue-lookup.ts';
import type { Queue } from '../../../cli/queues/queues.ts';
import { CloudUnderTest } from '../cloud-under-test.ts';

describe('from a name to what is moved where', () => {
  let cloud: CloudUnderTest;

  beforeAll(async () => {
    cloud = await CloudUnderTest.start();
  });
  afterAll(() => cloud.stop());

  const route = (queue: Queue, to?: Queue) => findRoute(cloud.queues, cloud.subscriptions, queue, to);
  const lookUp = (name: string) => lookUpQueue(cloud.queues, { text: name, name });

  describe('lookUpQueue', () => {
    it('finds a FIFO queue by the name that its operator remembers', async () => {
      const queue = await cloud.createQueue('ledger-events.fifo');

      expect(await lookUp('ledger-events')).toEqual(queue);
    });

    it('suggests the nearest names when there is none', async () => {
      await cloud.createQueue('billing-invoices');

      await expect(lookUp('biling-invoices')).rejects.toThrow(
        /no queue biling-invoices.*\nDid you mean billing-invoices\?\n.*--region/,
      );
    });

    it('says so much when names may not be listed', async () => {
      const queues = {
        ...cloud.queues,
        find: async () => undefined,
        names: () => Promise.reject(new Error('AccessDenied')),
      };

      await expect(lookUpQueue(queues as never, { text: 'x', name: 'x' })).rejects.toThrow(
        /no queue x.*\nAnother account or region\?/,
      );
    });
  });

  describe('findRoute', () => {
    it('leads from the DLQ and from its source queue to the same, whatever they are called', async () => {
      const failures = await cloud.createQueue('where-bad-things-go');
      const source = await cloud.createSourceOf(failures, 'parcels');

      const expected = { by: 'move-task', deadLetterQueue: failures, sources: [source] };

      expect(await route(failures)).toEqual(expected);
      expect(await route(source)).toEqual(expected);
    });

    it('names all the queues that share a DLQ', async () => {
      const { queue, dlq } = await cloud.createPair('shared');
      const second = await cloud.createSourceOf(dlq, 'shared-second');

      const found = await route(queue);

      expect(found).toMatchObject({ by: 'move-task', deadLetterQueue: dlq });
      expect(found.by === 'move-task' && found.sources).toEqual(expect.arrayContaining([queue, second]));
    });

    it("leads from a subscription's DLQ to the subscription's endpoint", async () => {
      const [queue, dlq] = [await cloud.createQueue('stock'), await cloud.createQueue('unrelated-name')];
      const arn = await cloud.subscribe('orders', queue.arn, dlq);

      expect(await route(dlq)).toMatchObject({
        by: 'copy',
        deadLetterQueue: dlq,
        to: queue,
        subscription: { arn },
      });
    });

    it('takes the queue that was named for any other DLQ', async () => {
      const [dlq, to] = [await cloud.createQueue('function-failures'), await cloud.createQueue('repairs')];

      expect(await route(dlq, to)).toEqual({ by: 'copy', deadLetterQueue: dlq, to });
    });

    it('fails when nothing refers to the queue', async () => {
      const queue = await cloud.createQueue('lonely');

      await expect(route(queue)).rejects.toThrow(/lonely has no DLQ.*\n.*--to <queue>/);
    });

    it('fails when two subscriptions share the DLQ, and names both targets', async () => {
      const [a, b] = [await cloud.createQueue('target-a'), await cloud.createQueue('target-b')];
      const dlq = await cloud.createQueue('common-undelivered');
      await cloud.subscribe('news', a.arn, dlq);
      await cloud.subscribe('news', b.arn, dlq);

      await expect(route(dlq)).rejects.toThrow(/2 subscriptions.*target-a.*target-b.*--to <queue>/s);
      expect(await route(dlq, b)).toMatchObject({ by: 'copy', to: b });
    });

    it('fails when the subscription delivers to no queue', async () => {
      const dlq = await cloud.createQueue('crm-undelivered');
      const endpoint = 'arn:aws:lambda:us-east-1:000000000000:function:crm';
      await cloud.subscribe('signups', endpoint, dlq, 'lambda');

      await expect(route(dlq)).rejects.toThrow(/by lambda to .*function:crm\.\n.*--to <queue>/);
    });

    it('fails when the target is of another type than the DLQ', async () => {
      const { dlq } = await cloud.createPair('standard');
      const fifo = await cloud.createQueue('ordered.fifo');

      await expect(route(dlq, fifo)).rejects.toThrow(
        'standard-dlq is a standard queue and ordered.fifo is a FIFO queue',
      );
    });

    it('fails when the target is the DLQ itself', async () => {
      const { queue, dlq } = await cloud.createPair('circular');

      await expect(route(queue, dlq)).rejects.toThrow('circular-dlq is the DLQ itself');
    });
  });
});
