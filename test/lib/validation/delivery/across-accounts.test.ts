import type { AppStack } from '../../../../lib/validation/delivery/app/deployed-app.ts';
import { proveDeliveries } from '../../../../lib/validation/delivery/delivery-proof.ts';
import { proofTable } from '../../../../lib/validation/delivery/proof-table.ts';
import { pathsOf } from '../../../support/policy/synthesized-world.ts';
import { synthesizedApp } from '../../../support/synthesized-app.ts';

const carrier = '444444444444';
const shop = '555555555555';
const parcelTopicArn = `arn:aws:sns:eu-west-1:${carrier}:cross-account-topic-parcels`;

const app = synthesizedApp('dev', { parcelTopicArn, topicGuestAccounts: shop });

/** A half of cross-account, as it is deployed to its account. */
function half(name: string, account: string): AppStack {
  const stack = app.stacks.find(({ stackName }) => stackName === name);
  if (!stack) throw new Error(`There is no ${name}`);
  return { name, template: app.template(name), account, region: 'eu-west-1', paths: pathsOf(stack) };
}

const queue = half('cross-account-queue', shop);
const topic = half('cross-account-topic', carrier);

/** What is said of the step across accounts. */
function subscribing(...stacks: readonly AppStack[]) {
  const [verdict, ...others] = proveDeliveries(stacks).filter(
    ({ edge }) => edge.kind === 'Subscribing from another account',
  );
  expect(others).toEqual([]);
  return verdict;
}

/** The topic, with its statement about subscribing changed. */
function topicWhere(change: (statement: Record<string, unknown>) => void): AppStack {
  const template = structuredClone(topic.template);
  const policies = Object.values(template.Resources ?? {}) as unknown as {
    Properties?: { PolicyDocument?: { Statement: Record<string, unknown>[] } };
  }[];
  const statements = policies.flatMap(({ Properties }) => Properties?.PolicyDocument?.Statement ?? []);
  const found = statements.filter(({ Action }) => Action === 'sns:Subscribe');
  expect(found).toHaveLength(1);
  for (const statement of found) change(statement);
  return { ...topic, template };
}

it('asks the topic of the app whether its policy lets the account subscribe its queue, and nothing else', () => {
  expect(subscribing(queue, topic)?.findings).toEqual([]);
});

it('finds a topic that does not let it', () => {
  const closed = topicWhere(statement => {
    statement.Action = 'sns:ListSubscriptionsByTopic';
  });
  expect(subscribing(queue, closed)?.findings.map(({ kind }) => kind)).toEqual(['blocked']);
});

it('finds a topic that lets it subscribe what is not its queue', () => {
  const open = topicWhere(statement => {
    delete statement.Condition;
  });
  expect(subscribing(queue, open)?.findings.map(({ kind }) => kind)).toContain('open');
});

it('says what it assumes where the topic is of nobody here', () => {
  const verdict = subscribing(queue);
  expect(verdict?.edge.assumes).toBe(`${carrier} lets it subscribe`);
  expect(verdict?.findings).toEqual([]);
  const table = proofTable('dev', proveDeliveries([queue]));
  expect(table).toContain('Left to other accounts: 1.');
  expect(table).toMatch(/\*\*assumed\*\* .*: 444444444444 lets it subscribe\./);
});
