import { physicalName } from '../../../local/provision/physical-name.ts';

const resource = { stackName: 'order-processing', logicalId: 'PaymentQueue154F1A9B' };

it('is the name that the template gives', () => {
  expect(physicalName(resource, 'payments', { limit: 80 })).toBe('payments');
});

it('is stack and logical id where the template gives none', () => {
  expect(physicalName(resource, undefined, { limit: 80 })).toBe('order-processing-PaymentQueue154F1A9B');
});

it('keeps to the limit and stays distinct, ending and all', () => {
  const long = (suffix: string) =>
    physicalName({ stackName: 's'.repeat(80), logicalId: `Queue${suffix}` }, undefined, {
      limit: 80,
      ending: '.fifo',
    });

  expect(long('One')).toHaveLength(80);
  expect(long('One')).toMatch(/^s+-[0-9a-f]{8}\.fifo$/);
  expect(long('One')).toBe(long('One'));
  expect(long('One')).not.toBe(long('Two'));
});
