import { selectStacks } from '../../../local/assembly/stack-selection.ts';
import type { StackTemplate } from '../../../local/assembly/template.ts';

function stack(name: string, dependencies: readonly string[] = [], displayName = name): StackTemplate {
  return {
    name,
    displayName,
    region: 'us-east-1',
    template: { Resources: {}, Parameters: {}, Conditions: {}, Mappings: {}, Outputs: {} },
    dependencies,
    paths: {},
    assets: {},
  };
}

const stacks = [
  stack('network'),
  stack('alarms'),
  stack('orders', ['network']),
  stack('reports', ['orders']),
  stack('prod-audit', [], 'prod/audit'),
];

function selected(...systems: string[]): string[] {
  return selectStacks(stacks, systems).map(({ name }) => name);
}

it('takes all stacks when none are named', () => {
  expect(selectStacks(stacks, undefined)).toBe(stacks);
});

it('takes what a system depends on, and that in turn, in the order of deployment', () => {
  expect(selected('reports')).toEqual(['network', 'orders', 'reports']);
});

it('leaves the others out', () => {
  expect(selected('orders')).toEqual(['network', 'orders']);
});

it.each(['prod-audit', 'prod/audit', 'prod'])('knows a stack of a stage by %s', name => {
  expect(selected(name)).toEqual(['prod-audit']);
});

it('fails on an unknown system, naming those that there are', () => {
  expect(() => selected('order')).toThrow(
    'There is no system "order". This app has: network, alarms, orders, reports, prod-audit.',
  );
});
