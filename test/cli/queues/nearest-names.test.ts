import { nearestNames } from '../../../cli/queues/nearest-names.ts';

const names = [
  'order-processing-payment',
  'order-processing-payment-dlq',
  'order-processing-shipping',
  'travel-search-requests',
];

describe('nearestNames', () => {
  it('finds the name behind a slip of the finger', () => {
    expect(nearestNames('order-procesing-payment', names)[0]).toBe('order-processing-payment');
  });

  it('finds the names that hold what was typed', () => {
    expect(nearestNames('Shipping', names)).toEqual(['order-processing-shipping']);
    expect(nearestNames('payment', names)).toEqual([
      'order-processing-payment',
      'order-processing-payment-dlq',
    ]);
  });

  it('puts the nearest first, and gives three at the most', () => {
    const found = nearestNames('order-processing-payments', [...names, 'order-processing-paymentz-x']);

    expect(found).toHaveLength(3);
    expect(found[0]).toBe('order-processing-payment');
  });

  it('keeps silent rather than to suggest what is not near', () => {
    expect(nearestNames('videos', names)).toEqual([]);
  });
});
