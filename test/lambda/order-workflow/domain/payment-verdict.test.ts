import { paymentErrors } from '../../../../contracts/order-workflow.ts';
import { paymentVerdict } from '../../../../lambda/order-workflow/domain/payment-verdict.ts';

it.each(['charged', 'already_charged'] as const)('%s: the workflow goes on', outcome => {
  expect(paymentVerdict(outcome)).toEqual({ succeeds: true, answer: { status: 'charged' } });
});

it('an order for nothing goes on too', () => {
  expect(paymentVerdict('nothing_due')).toEqual({ succeeds: true, answer: { status: 'nothing_due' } });
});

it('declined is told with its reason, and at a later delivery without', () => {
  expect(paymentVerdict('declined', 'No funds')).toEqual({
    succeeds: false,
    error: paymentErrors.declined,
    cause: 'No funds',
  });
  expect(paymentVerdict('already_declined')).toMatchObject({
    succeeds: false,
    error: paymentErrors.declined,
  });
});

it('a payment that was canceled before is no declined one: somebody should look', () => {
  expect(paymentVerdict('ignored_canceled')).toMatchObject({
    succeeds: false,
    error: paymentErrors.canceled,
  });
});

it.each(['refunded', 'nothing_to_refund'] as const)(
  '%s is nothing that taking a payment can come to',
  outcome => {
    expect(() => paymentVerdict(outcome)).toThrow(`was ${outcome}`);
  },
);
