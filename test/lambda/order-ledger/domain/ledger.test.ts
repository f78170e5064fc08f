import { decideBooking, type LedgerState } from '../../../../lambda/order-ledger/domain/ledger.ts';
import { ledgerEvent, ledgerEventsOf } from '../../../support/ledger-events.ts';

const paidHalf: LedgerState = { sequence: 2, status: 'placed', balance_minor: 5_000 };

describe('decideBooking', () => {
  it('books an order from placed to shipped, and what is owed', () => {
    let state: LedgerState | undefined;
    const states = ledgerEventsOf('1', 4).map(event => {
      const decision = decideBooking(state, event);
      if (decision.action !== 'book') throw new Error(decision.action);
      state = decision.next;
      return state;
    });

    expect(states).toEqual([
      { sequence: 1, status: 'placed', balance_minor: 10_000 },
      { sequence: 2, status: 'placed', balance_minor: 5_000 },
      { sequence: 3, status: 'placed', balance_minor: 0 },
      { sequence: 4, status: 'shipped', balance_minor: 0 },
    ]);
  });

  it('adds what is paid back', () => {
    const refund = { ...ledgerEvent('1', 3), event_type: 'refund_paid', amount_minor: 700 } as const;

    expect(decideBooking(paidHalf, refund as never)).toMatchObject({ next: { balance_minor: 5_700 } });
  });

  it('keeps what is owed when the order is canceled: who pays back says so', () => {
    const { correlation_id, order_id } = ledgerEvent('1', 3);
    const canceled = { correlation_id, order_id, sequence: 3, canceled_at: '2026-01-02T00:00:00Z' };

    expect(decideBooking(paidHalf, { ...canceled, event_type: 'order_canceled' })).toEqual({
      action: 'book',
      next: { sequence: 3, status: 'canceled', balance_minor: 5_000 },
    });
  });

  it.each([1, 2])('compares event %d with what stands there', sequence => {
    expect(decideBooking(paidHalf, ledgerEvent('1', sequence))).toEqual({ action: 'compare' });
  });

  it.each([
    [undefined, 2, 1],
    [paidHalf, 4, 3],
    [paidHalf, 9, 3],
  ])('lets an event wait for those before it', (state, sequence, missing) => {
    expect(decideBooking(state, ledgerEvent('1', sequence))).toEqual({ action: 'wait', missing });
  });

  it('refuses an order that begins with anything but being placed, or is placed again', () => {
    const first = { ...ledgerEvent('1', 2), sequence: 1 };
    const again = { ...ledgerEvent('1', 1), sequence: 3 };

    expect(decideBooking(undefined, first)).toMatchObject({ action: 'refuse' });
    expect(decideBooking(paidHalf, again)).toMatchObject({ action: 'refuse' });
  });
});
