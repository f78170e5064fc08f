import { Lazy } from 'aws-cdk-lib';
import { PropsError, validateProps, within } from '../../../lib/constructs/validation.ts';
import { testStack } from '../../support/stack-template.ts';
import { testApp } from '../../support/synthesized-app.ts';

const rule = (holds: boolean) => ({
  prop: 'batchSize',
  value: 11,
  holds,
  allowed: '1 to 10',
  remedy: 'Set batchingWindow for larger batches.',
});

describe('validateProps', () => {
  it('says nothing when every rule holds', () => {
    expect(() => validateProps(testStack(), 'Payment', [rule(true)])).not.toThrow();
  });

  it('fails with construct, prop, value, what is allowed and what to do', () => {
    const fault = () => validateProps(testStack(), 'Payment', [rule(false)]);
    expect(fault).toThrow(PropsError);
    expect(fault).toThrow(
      'orders/Payment: batchSize is 11; allowed: 1 to 10. Set batchingWindow for larger batches.',
    );
  });

  it('fails with every rule that is broken, and none that holds', () => {
    const other = { prop: 'timeout', value: '0 s', holds: false, allowed: '1 second', remedy: 'Raise it.' };
    const held = { ...rule(true), prop: 'memorySize' };
    expect(() => validateProps(testApp(), 'orders', [rule(false), held, other])).toThrow(
      /^orders: batchSize is 11; .* timeout is 0 s; allowed: 1 second\. Raise it\.$/,
    );
    expect(() => validateProps(testApp(), 'orders', [rule(false), held, other])).not.toThrow(/memorySize/);
  });
});

describe('within', () => {
  it.each([1, 2, 3])('holds of %d in 1 to 3', value => expect(within(value, 1, 3)).toBe(true));
  it.each([0, 4, Number.NaN])('does not hold of %d in 1 to 3', value =>
    expect(within(value, 1, 3)).toBe(false),
  );
  it('holds of what is not given', () => expect(within(undefined, 1, 3)).toBe(true));
  it('holds of what only the deployment knows', () =>
    expect(within(Lazy.number({ produce: () => 9 }), 1, 3)).toBe(true));
});
