import { Construct } from 'constructs';
import { fleetName } from '../../../../lib/constructs/fleet/fleet-name.ts';
import { PropsError } from '../../../../lib/constructs/validation.ts';
import { testStack } from '../../../support/stack-template.ts';

it('names a fleet after its stack and its place there', () => {
  const stack = testStack();
  expect(fleetName(stack, 'BackEnd')).toBe('orders-back-end');
  expect(fleetName(new Construct(stack, 'Video'), 'BackEnd2')).toBe('orders-video-back-end2');
});

it('fails when the name is longer than a group may be called', () => {
  const stack = testStack();
  expect(fleetName(stack, 'a'.repeat(121))).toHaveLength(128);
  const id = 'a'.repeat(122);
  expect(() => fleetName(stack, id)).toThrow(PropsError);
  expect(() => fleetName(stack, id)).toThrow('allowed: up to 128 characters. Give the construct');
});
