import { decideReservation, type ReservationState } from '../../../../lambda/orders/domain/inventory.ts';
import { orderCanceled, orderPlaced, orderShipped } from '../../../support/order-events.ts';

const items = [
  { sku: 'TEAPOT', quantity: 2 },
  { sku: 'CUP', quantity: 6 },
];
const shortages = [{ sku: 'CUP', wanted: 6, available: 1 }];

const states = {
  reserved: { status: 'reserved', items },
  released: { status: 'released', items },
  deducted: { status: 'deducted', items },
  out_of_stock: { status: 'out_of_stock', items, shortages },
  canceled: { status: 'canceled' },
  shipped_unseen: { status: 'shipped_unseen' },
  uncounted: { status: 'uncounted', items, shortages },
} as const satisfies Record<ReservationState['status'], ReservationState>;

describe('decideReservation', () => {
  describe('when an order is placed', () => {
    it('reserves each item: less is available, more is reserved', () => {
      expect(decideReservation(undefined, orderPlaced({ items }))).toMatchObject({
        outcome: 'reserved',
        next: states.reserved,
        movements: [
          { sku: 'TEAPOT', available: -2, reserved: 2 },
          { sku: 'CUP', available: -6, reserved: 6 },
        ],
      });
    });

    it('records what was short instead, when the stock does not cover it', () => {
      const { ifShort } = decideReservation(undefined, orderPlaced({ items }));

      expect(ifShort?.(shortages)).toEqual({ outcome: 'out_of_stock', next: states.out_of_stock });
    });

    it('moves nothing for an order without items, and remembers it', () => {
      expect(decideReservation(undefined, orderPlaced({ items: [] }))).toMatchObject({
        outcome: 'reserved',
        next: { status: 'reserved', items: [] },
        movements: [],
      });
    });

    it('deducts at once what has left the warehouse before', () => {
      expect(decideReservation(states.shipped_unseen, orderPlaced({ items }))).toMatchObject({
        outcome: 'deducted',
        next: states.deducted,
        movements: [
          { sku: 'TEAPOT', available: -2, reserved: 0 },
          { sku: 'CUP', available: -6, reserved: 0 },
        ],
      });
    });

    it('leaves it to a person to count when what left was not there by the books', () => {
      const { ifShort } = decideReservation(states.shipped_unseen, orderPlaced({ items }));

      expect(ifShort?.(shortages)).toEqual({ outcome: 'shipped_uncounted', next: states.uncounted });
    });

    it.each([
      ['reserved', 'already_reserved'],
      ['out_of_stock', 'already_out_of_stock'],
      ['deducted', 'already_deducted'],
      ['uncounted', 'already_deducted'],
      ['released', 'ignored_canceled'],
      ['canceled', 'ignored_canceled'],
    ] as const)('changes nothing when its stock is %s', (status, outcome) => {
      expect(decideReservation(states[status], orderPlaced({ items }))).toEqual({ outcome, movements: [] });
    });
  });

  describe('when an order is shipped', () => {
    it('deducts what was reserved, whatever else is available', () => {
      expect(decideReservation(states.reserved, orderShipped())).toEqual({
        outcome: 'deducted',
        next: states.deducted,
        movements: [
          { sku: 'TEAPOT', available: 0, reserved: -2 },
          { sku: 'CUP', available: 0, reserved: -6 },
        ],
      });
    });

    it('remembers that, when the order was not heard of yet', () => {
      expect(decideReservation(undefined, orderShipped())).toEqual({
        outcome: 'shipped_before_reserved',
        next: states.shipped_unseen,
        movements: [],
      });
    });

    it.each([
      ['deducted', 'already_deducted'],
      ['uncounted', 'already_deducted'],
      ['shipped_unseen', 'already_deducted'],
      ['out_of_stock', 'shipped_without_reservation'],
      ['released', 'shipped_without_reservation'],
      ['canceled', 'shipped_without_reservation'],
    ] as const)('changes nothing when its stock is %s', (status, outcome) => {
      expect(decideReservation(states[status], orderShipped())).toEqual({ outcome, movements: [] });
    });
  });

  describe('when an order is canceled', () => {
    it('gives back what was reserved', () => {
      expect(decideReservation(states.reserved, orderCanceled())).toEqual({
        outcome: 'released',
        next: states.released,
        movements: [
          { sku: 'TEAPOT', available: 2, reserved: -2 },
          { sku: 'CUP', available: 6, reserved: -6 },
        ],
      });
    });

    it('remembers that, so that nothing is reserved when the order comes after all', () => {
      expect(decideReservation(undefined, orderCanceled())).toEqual({
        outcome: 'canceled_before_reserved',
        next: states.canceled,
        movements: [],
      });
    });

    it('closes an order that was out of stock', () => {
      expect(decideReservation(states.out_of_stock, orderCanceled())).toEqual({
        outcome: 'canceled',
        next: states.canceled,
        movements: [],
      });
    });

    it.each([
      ['released', 'already_released'],
      ['canceled', 'already_canceled'],
      ['deducted', 'canceled_too_late'],
      ['uncounted', 'canceled_too_late'],
      ['shipped_unseen', 'canceled_too_late'],
    ] as const)('changes nothing when its stock is %s', (status, outcome) => {
      expect(decideReservation(states[status], orderCanceled())).toEqual({ outcome, movements: [] });
    });
  });
});
