import type { OrderEvent } from '../../../contracts/orders.ts';
import { shippingProcessing } from '../../../lambda/order-processing/shipping-processing.ts';
import { shippingStore } from '../../../lambda/order-processing/shipping-store.ts';
import type { Handled } from '../../../lambda/shared/queue-consumer.ts';
import { DynamoDbServer } from '../../support/dynamodb-server.ts';
import { orderCanceled, orderPlaced, orderShipped } from '../../support/order-events.ts';

describe('shippingProcessing', () => {
  let server: DynamoDbServer;
  let tableName: string;
  let handle: (event: OrderEvent) => Promise<Handled>;

  beforeAll(async () => {
    server = await DynamoDbServer.start();
  });
  beforeEach(async () => {
    tableName = await server.createTable();
    handle = shippingProcessing({ shipments: shippingStore(server.documents, tableName) });
  });
  afterAll(() => server.stop());

  const stored = () => server.item(tableName, 'ORDER#12345');

  it.each([
    ['opens a shipment', [orderPlaced()], ['opened'], { status: 'open' }],
    ['opens it once', [orderPlaced(), orderPlaced()], ['opened', 'already_opened'], { version: 1 }],
    [
      'closes it, with how it was shipped',
      [orderPlaced(), orderShipped()],
      ['opened', 'closed'],
      { status: 'closed', dispatch: { carrier: 'Parcel Post', tracking_number: 'PP-1' } },
    ],
    [
      'has the whole shipment in the end when shipped comes before placed',
      [orderShipped(), orderPlaced()],
      ['closed_before_opened', 'completed_after_closed'],
      { status: 'closed', order: { customer: 'John Doe' }, dispatch: { carrier: 'Parcel Post' } },
    ],
    [
      'opens nothing for an order that was canceled before it was placed',
      [orderCanceled(), orderPlaced()],
      ['canceled_before_opened', 'ignored_canceled'],
      { status: 'canceled' },
    ],
    [
      'records that a cancellation came too late',
      [orderPlaced(), orderShipped(), orderCanceled()],
      ['opened', 'closed', 'canceled_too_late'],
      { status: 'closed', canceled_too_late_at: '2026-01-04T03:04:05.678Z' },
    ],
  ])('%s', async (_case, events, outcomes, item) => {
    const answers: Handled[] = [];
    for (const event of events) answers.push(await handle(event));

    expect(answers.map(({ outcome }) => outcome)).toEqual(outcomes);
    await expect(stored()).resolves.toMatchObject(item);
  });

  it('loses none of the events of an order that come at the same time', async () => {
    const answers = await Promise.all([
      handle(orderPlaced()),
      handle(orderShipped()),
      handle(orderPlaced()),
      handle(orderShipped()),
    ]);

    expect(answers).toHaveLength(4);
    await expect(stored()).resolves.toMatchObject({
      status: 'closed',
      order: { customer: 'John Doe' },
      dispatch: { tracking_number: 'PP-1' },
      version: 2,
    });
  });
});
