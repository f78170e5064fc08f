import { jest } from '@jest/globals';
import { type ActiveMqEvent, deliveriesIn } from '../../../lambda/shared/broker-event.ts';
import type { ActiveMqServer } from '../../../local/brokers/activemq-server.ts';
import { BrokerMapping } from '../../../local/mappings/broker-mapping.ts';
import { BrokerObserver, credentials, describeWithActiveMq, startActiveMq } from '../../support/activemq.ts';
import { until } from '../../worker/support/until.ts';

jest.setTimeout(60_000);

describeWithActiveMq('the poller of an ActiveMQ queue', () => {
  let server: ActiveMqServer;
  let observer: BrokerObserver;

  beforeAll(async () => {
    server = await startActiveMq();
    observer = await BrokerObserver.at(server);
  });

  afterAll(async () => {
    await observer?.close();
    await server?.stop();
  });

  /** Polls a queue for a function that is handed bodies, and tells those of each batch. */
  async function polling(queue: string, invoke: (bodies: readonly string[]) => Promise<void>) {
    const batches: string[][] = [];
    const events: ActiveMqEvent[] = [];
    const mapping = new BrokerMapping({
      address: server.address,
      credentials: () => credentials,
      brokerArn: 'arn:aws:mq:us-east-1:000000000000:broker:orders:b-1',
      queue,
      batchSize: 10,
      async invoke(event) {
        events.push(event as ActiveMqEvent);
        const bodies = deliveriesIn(event as ActiveMqEvent).map(({ body }) => body);
        batches.push(bodies);
        await invoke(bodies);
      },
    });
    mapping.start();
    return { mapping, batches, events };
  }

  it('hands over what the function can read, and forgets it then', async () => {
    await observer.put('invoices', 'one', { 'amq-msg-type': 'text', type: 'order_placed' });
    const { mapping, events } = await polling('invoices', async () => undefined);
    await until('it is forgotten', async () => (await observer.countIn('invoices')) === 0);
    await mapping.stop();
    expect(events).toMatchObject([
      {
        eventSource: 'aws:mq',
        messages: [
          {
            messageID: expect.stringContaining('ID:'),
            messageType: 'jms/text-message',
            type: 'order_placed',
            redelivered: false,
            destination: { physicalName: 'invoices' },
            data: Buffer.from('one').toString('base64'),
          },
        ],
      },
    ]);
  });

  it('hands a batch that failed over again as a whole, and what was not forgotten to the next', async () => {
    for (const body of ['one', 'two', 'three']) await observer.put('failing', body);
    const first = await polling('failing', () => Promise.reject(new Error('DynamoDB is down.')));
    await until('it came again', () => first.batches.length >= 2);
    await first.mapping.stop();
    expect(first.batches[1]).toEqual(first.batches[0]);
    expect(await observer.countIn('failing')).toBe(3);
    const second = await polling('failing', async () => undefined);
    await until('all is forgotten', async () => (await observer.countIn('failing')) === 0);
    await second.mapping.stop();
    expect(second.batches.flat().sort()).toEqual(['one', 'three', 'two']);
  });
});
