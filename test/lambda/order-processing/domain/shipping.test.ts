import { decideShipment, type ShipmentState } from '../../../../lambda/order-processing/domain/shipping.ts';
import { orderCanceled, orderPlaced, orderShipped } from '../../../support/order-events.ts';

const order = {
  customer: 'John Doe',
  items: [{ sku: 'TEAPOT', quantity: 2 }],
  placed_at: '2026-01-02T03:04:05.678Z',
};
const dispatch = {
  carrier: 'Parcel Post',
  tracking_number: 'PP-1',
  shipped_at: '2026-01-03T03:04:05.678Z',
};
const canceled_at = '2026-01-04T03:04:05.678Z';

const open: ShipmentState = { status: 'open', order };
const closed: ShipmentState = { status: 'closed', order, dispatch, canceled_too_late_at: null };
const closedUnopened: ShipmentState = { ...closed, order: null };
const closedThenCanceled: ShipmentState = { ...closed, canceled_too_late_at: canceled_at };
const canceled: ShipmentState = { status: 'canceled', order, canceled_at, shipped_after_all: null };
const canceledUnopened: ShipmentState = { ...canceled, order: null };
const canceledThenShipped: ShipmentState = { ...canceled, shipped_after_all: dispatch };

describe('decideShipment', () => {
  it.each([
    ['opens a shipment for an order', undefined, orderPlaced(), 'opened', open],
    ['closes it when the order ships', open, orderShipped(), 'closed', closed],
    ['cancels it with the order', open, orderCanceled(), 'canceled', canceled],
    [
      'closes what was not opened yet, when shipped comes before placed',
      undefined,
      orderShipped(),
      'closed_before_opened',
      closedUnopened,
    ],
    [
      'adds the order to it once that comes, and leaves it closed',
      closedUnopened,
      orderPlaced(),
      'completed_after_closed',
      closed,
    ],
    [
      'remembers a cancellation that comes before the order',
      undefined,
      orderCanceled(),
      'canceled_before_opened',
      canceledUnopened,
    ],
    [
      'notes a cancellation that comes too late, for a person to see to',
      closed,
      orderCanceled(),
      'canceled_too_late',
      closedThenCanceled,
    ],
    [
      'notes what was shipped although it was canceled, for a person to see to',
      canceled,
      orderShipped(),
      'shipped_after_canceled',
      canceledThenShipped,
    ],
  ] as const)('%s', (_case, state, event, outcome, next) => {
    expect(decideShipment(state, event)).toEqual({ outcome, next });
  });

  it.each([
    ['open, when placed', open, orderPlaced(), 'already_opened'],
    ['closed, when placed', closed, orderPlaced(), 'already_closed'],
    ['canceled, when placed', canceled, orderPlaced(), 'ignored_canceled'],
    ['canceled before it was opened, when placed', canceledUnopened, orderPlaced(), 'ignored_canceled'],
    ['closed, when shipped', closed, orderShipped(), 'already_closed'],
    ['canceled and shipped after all, when shipped', canceledThenShipped, orderShipped(), 'already_canceled'],
    ['canceled, when canceled', canceled, orderCanceled(), 'already_canceled'],
    ['closed and canceled too late, when canceled', closedThenCanceled, orderCanceled(), 'already_closed'],
  ] as const)('changes nothing of a shipment that is %s again', (_case, state, event, outcome) => {
    expect(decideShipment(state, event)).toEqual({ outcome });
  });

  it('takes an order as shipped of which carrier and tracking number are not said', () => {
    const { carrier, tracking_number, ...bare } = orderShipped();

    expect(decideShipment(open, bare)).toMatchObject({
      next: { dispatch: { carrier: null, tracking_number: null } },
    });
  });
});
