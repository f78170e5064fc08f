import { deliveryEdges } from '../support/policy/delivery-edges.ts';
import { reachOf } from '../support/policy/reach.ts';
import { synthesizedWorld } from '../support/policy/synthesized-world.ts';

const stack = 'operations';
const world = synthesizedWorld('dev');
const topic = world.resource(`${stack}/Alarms/Topic`);
const key = world.resource(`${stack}/Alarms/Key`);
const budget = world.resource(`${stack}/Budget/Budget`);
const budgets = 'budgets.amazonaws.com';
const steps = [
  { action: 'sns:Publish', target: topic },
  { action: 'kms:GenerateDataKey', target: key },
  { action: 'kms:Decrypt', target: key },
];

it('the budget and the alarm reach the topic', () => {
  const names = deliveryEdges(world).map(({ name }) => name);
  expect(names.filter(name => name.endsWith(` → ${topic.path}`)).sort()).toEqual([
    `${stack}/Account/Concurrency → ${topic.path}`,
    `${budget.path} → ${topic.path}`,
  ]);
});

describe('AWS Budgets', () => {
  it.each(steps)('is let to $action for budgets of the account alone', async ({ action, target }) => {
    const own = { arn: budget.arn, account: budget.account };
    expect(await world.service(budgets, own).may(action, target)).toBeAllowed();
    const ofOtherAccount = { arn: 'arn:aws:budgets::999999999999:budget/costs', account: '999999999999' };
    expect(await world.service(budgets, ofOtherAccount).may(action, target)).toBeDenied();
    expect(
      await world.service(budgets, { ...own, account: '999999999999' }).may(action, target),
    ).toBeDenied();
    expect(await world.service(budgets).may(action, target)).toBeDenied();
    expect(await world.service('ses.amazonaws.com', own).may(action, target)).toBeDenied();
  });

  it('publishes over TLS alone, and to the alarm topic of no system', async () => {
    const own = { arn: budget.arn, account: budget.account };
    expect(await world.service(budgets, own).overPlainHttp().may('sns:Publish', topic)).toBeForbidden();
    const others = world
      .ofType('AWS::SNS::Topic')
      .filter(({ path }) => path.endsWith('/Alarms/Topic') && path !== topic.path);
    expect(others.length).toBeGreaterThan(5);
    for (const other of others) {
      expect(await world.service(budgets, own).may('sns:Publish', other)).toBeDenied();
    }
  });
});

it('nobody tells of alarms but CloudWatch, AWS Budgets and whom the account lets', async () => {
  for (const caller of [world.stranger(), world.outsider(), world.anybody()]) {
    expect(await caller.may('sns:Publish', topic)).toBeDenied();
  }
  expect(await world.administrator().may('sns:Publish', topic)).toBeAllowed();
});

it('whoever writes in the chat can draw graphs, and reach nothing else', async () => {
  const chatting = synthesizedWorld('dev', { alarmChat: 'T07EA123LEP/C07EZ1ABC23' });
  expect(await reachOf(chatting.resource(`${stack}/Chat/Role`), chatting)).toEqual({
    // ListMetrics and GetMetricData too, of which there is nothing here that they could be tried on.
    '*': ['cloudwatch:GetMetricStatistics', 'cloudwatch:GetMetricWidgetImage'],
  });
});
