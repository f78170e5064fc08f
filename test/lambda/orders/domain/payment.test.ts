import fc from 'fast-check';
import {
  decidePayment,
  type PaymentInput,
  type PaymentState,
  released,
} from '../../../../lambda/orders/domain/payment.ts';
import { orderCanceled, orderPlaced } from '../../../support/order-events.ts';

const now = 1_000;
const own = { owner: 'this delivery', until: now + 15_000 };
const others = { owner: 'another delivery', until: now + 1 };
const overdue = { owner: 'another delivery', until: now };
const amount = { amount_minor: 9_999, currency: 'USD' } as const;

const states = {
  charging: { status: 'charging', ...amount, lease: overdue },
  charged: { status: 'charged', ...amount, charge_id: 'c' },
  declined: { status: 'declined', ...amount, reason: 'no funds' },
  refunding: { status: 'refunding', ...amount, lease: overdue },
  refunded: { status: 'refunded', ...amount, refund_id: 'r', refunded_minor: 9_999 },
  refund_declined: { status: 'refund_declined', ...amount, reason: 'account closed' },
  nothing_due: { status: 'nothing_due' },
  canceled: { status: 'canceled' },
} as const satisfies Record<PaymentState['status'], PaymentState>;

const chargeAnswered: PaymentInput = {
  event_type: 'charge_answered',
  result: { status: 'charged', charge_id: 'c' },
};
const refundAnswered: PaymentInput = {
  event_type: 'refund_answered',
  result: { status: 'refunded', refund_id: 'r', refunded_minor: 9_999 },
};

const decide = (state: PaymentState | undefined, input: PaymentInput) =>
  decidePayment(state, input, { lease: own, now });

describe('decidePayment', () => {
  describe('when an order is placed', () => {
    it('charges its total, and records that before', () => {
      expect(decide(undefined, orderPlaced())).toEqual({
        action: 'charge',
        next: { status: 'charging', ...amount, lease: own },
      });
    });

    it('charges nothing for an order of nothing', () => {
      expect(decide(undefined, orderPlaced({ total_minor: 0 }))).toEqual({
        action: 'settle',
        outcome: 'nothing_due',
        next: { status: 'nothing_due' },
      });
    });

    it('goes on with a charge that was left unanswered, with the amount that was asked for', () => {
      expect(decide(states.charging, orderPlaced({ total_minor: 1 }))).toEqual({
        action: 'charge',
        next: { ...states.charging, lease: own },
      });
    });

    it('waits while another delivery is at the gateway', () => {
      expect(decide({ ...states.charging, lease: others }, orderPlaced())).toEqual({
        action: 'wait',
        lease: others,
      });
    });

    it('is not kept out by its own lease', () => {
      expect(decide({ ...states.charging, lease: own }, orderPlaced())).toMatchObject({ action: 'charge' });
    });

    it.each([
      ['charged', 'already_charged'],
      ['declined', 'already_declined'],
      ['nothing_due', 'nothing_due'],
      ['refunding', 'ignored_canceled'],
      ['refunded', 'ignored_canceled'],
      ['refund_declined', 'ignored_canceled'],
      ['canceled', 'ignored_canceled'],
    ] as const)('changes nothing when the payment is %s', (status, outcome) => {
      expect(decide(states[status], orderPlaced())).toEqual({ action: 'settle', outcome });
    });
  });

  describe('when an order is canceled', () => {
    it('remembers that, so that the order is not charged when it comes after all', () => {
      const { next } = decide(undefined, orderCanceled()) as { next: PaymentState };

      expect(next).toEqual({ status: 'canceled' });
      expect(decide(next, orderPlaced())).toEqual({ action: 'settle', outcome: 'ignored_canceled' });
    });

    it.each(['charged', 'charging'] as const)('refunds a payment that is %s', status => {
      expect(decide(states[status], orderCanceled())).toEqual({
        action: 'refund',
        next: { status: 'refunding', ...amount, lease: own },
      });
    });

    it('refunds a charge that another delivery is at the gateway for', () => {
      expect(decide({ ...states.charging, lease: others }, orderCanceled())).toMatchObject({
        action: 'refund',
      });
    });

    it('goes on with a refund that was left unanswered', () => {
      expect(decide(states.refunding, orderCanceled())).toEqual({
        action: 'refund',
        next: { ...states.refunding, lease: own },
      });
    });

    it('waits while another delivery refunds', () => {
      expect(decide({ ...states.refunding, lease: others }, orderCanceled())).toMatchObject({
        action: 'wait',
      });
    });

    it.each([
      ['declined', 'nothing_to_refund'],
      ['nothing_due', 'nothing_to_refund'],
      ['refunded', 'already_refunded'],
      ['refund_declined', 'already_refunded'],
      ['canceled', 'already_canceled'],
    ] as const)('changes nothing when the payment is %s', (status, outcome) => {
      expect(decide(states[status], orderCanceled())).toEqual({ action: 'settle', outcome });
    });
  });

  describe('when the gateway answers a charge', () => {
    it('records that it was taken', () => {
      expect(decide(states.charging, chargeAnswered)).toEqual({
        action: 'settle',
        outcome: 'charged',
        next: states.charged,
      });
    });

    it('records that it was declined, and why', () => {
      const declined: PaymentInput = {
        event_type: 'charge_answered',
        result: { status: 'declined', reason: 'no funds' },
      };

      expect(decide(states.charging, declined)).toEqual({
        action: 'settle',
        outcome: 'declined',
        next: states.declined,
      });
    });

    it.each([
      ['charged', 'already_charged'],
      ['declined', 'already_declined'],
      ['refunding', 'ignored_canceled'],
      ['refunded', 'ignored_canceled'],
      ['refund_declined', 'ignored_canceled'],
    ] as const)('leaves a payment that is %s meanwhile', (status, outcome) => {
      expect(decide(states[status], chargeAnswered)).toEqual({ action: 'settle', outcome });
    });

    it('fails where nothing was charged', () => {
      expect(() => decide(states.canceled, chargeAnswered)).toThrow(/canceled/);
      expect(() => decide(undefined, chargeAnswered)).toThrow(/not recorded/);
    });
  });

  describe('when the gateway answers a refund', () => {
    it('records what was given back', () => {
      expect(decide(states.refunding, refundAnswered)).toEqual({
        action: 'settle',
        outcome: 'refunded',
        next: states.refunded,
      });
    });

    it('tells when there was nothing to give back', () => {
      const nothing: PaymentInput = {
        event_type: 'refund_answered',
        result: { status: 'refunded', refund_id: 'r', refunded_minor: 0 },
      };

      expect(decide(states.refunding, nothing)).toMatchObject({
        outcome: 'canceled_before_charge',
        next: { status: 'refunded', refunded_minor: 0 },
      });
    });

    it('records that it was declined, for a person to see to', () => {
      const declined: PaymentInput = {
        event_type: 'refund_answered',
        result: { status: 'declined', reason: 'account closed' },
      };

      expect(decide(states.refunding, declined)).toEqual({
        action: 'settle',
        outcome: 'refund_declined',
        next: states.refund_declined,
      });
    });

    it('leaves a payment that another delivery settled meanwhile', () => {
      expect(decide(states.refunded, refundAnswered)).toEqual({
        action: 'settle',
        outcome: 'already_refunded',
      });
    });

    it('fails where nothing was refunded', () => {
      expect(() => decide(states.charged, refundAnswered)).toThrow(/charged/);
    });
  });

  it('settles for good: no event asks the gateway again for what is settled', () => {
    const settled = fc.constantFrom(
      states.declined,
      states.refunded,
      states.refund_declined,
      states.nothing_due,
      states.canceled,
    );

    fc.assert(
      fc.property(settled, fc.constantFrom(orderPlaced(), orderCanceled()), (state, event) => {
        const decision = decide(state, event);
        expect(decision).toMatchObject({ action: 'settle' });
        expect(decision).not.toHaveProperty('next');
      }),
    );
  });
});

describe('released', () => {
  it.each(['charging', 'refunding'] as const)(
    'lets the next delivery go on with a payment that is %s',
    status => {
      const state = released({ ...states[status], lease: own });

      expect(
        decidePayment(state, status === 'charging' ? orderPlaced() : orderCanceled(), {
          lease: others,
          now,
        }),
      ).not.toMatchObject({ action: 'wait' });
    },
  );

  it('leaves a settled payment as it is', () => {
    expect(released(states.charged)).toBe(states.charged);
  });
});
