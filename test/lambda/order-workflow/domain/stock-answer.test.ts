import { stockAnswer } from '../../../../lambda/order-workflow/domain/stock-answer.ts';

it.each([
  ['reserved', 'reserved'],
  ['already_reserved', 'reserved'],
  ['out_of_stock', 'out_of_stock'],
  ['already_out_of_stock', 'out_of_stock'],
  ['ignored_canceled', 'not_reserved'],
  ['released', 'released'],
  ['already_released', 'released'],
  ['canceled', 'nothing_reserved'],
  ['canceled_before_reserved', 'nothing_reserved'],
  ['already_canceled', 'nothing_reserved'],
] as const)('%s is answered as %s', (outcome, status) => {
  expect(stockAnswer(outcome)).toEqual({ status });
});

it('what only comes of a shipped order is a fault', () => {
  expect(() => stockAnswer('deducted')).toThrow('was deducted');
});
