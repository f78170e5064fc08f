import type { AppStack } from '../../../../lib/validation/delivery/app/deployed-app.ts';
import { proveDeliveries } from '../../../../lib/validation/delivery/delivery-proof.ts';
import { proofTable } from '../../../../lib/validation/delivery/proof-table.ts';
import { pathsOf } from '../../../support/policy/synthesized-world.ts';
import { synthesizedApp } from '../../../support/synthesized-app.ts';

const carrier = '444444444444';
const shop = '555555555555';
const parcelTopicArn = `arn:aws:sns:eu-west-1:${carrier}:cross-account-topic-parcels`;

const organization = 'o-a1b2c3d4e5';
const guests = { parcelTopicArn, topicGuestAccounts: shop };
const apps = {
  byName: synthesizedApp('dev', guests),
  ofOrganization: synthesizedApp('dev', { ...guests, guestOrganizationId: organization }),
};

/** A half of cross-account, as it is deployed to its account. */
function half(name: string, account: string, app = apps.byName): AppStack {
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

type Statement = Record<string, unknown>;

/** The topic, with its statement about subscribing changed, or others added to it. */
function topicWhere(
  change: (statement: Statement, statements: Statement[]) => void,
  changed = topic,
): AppStack {
  const template = structuredClone(changed.template);
  const policies = Object.values(template.Resources ?? {}) as unknown as {
    Properties?: { PolicyDocument?: { Statement: Statement[] } };
  }[];
  const found = policies.flatMap(({ Properties }) => {
    const statements = Properties?.PolicyDocument?.Statement ?? [];
    const statement = statements.find(({ Action }) => Action === 'sns:Subscribe');
    return statement ? [{ statement, statements }] : [];
  });
  expect(found).toHaveLength(1);
  for (const { statement, statements } of found) change(statement, statements);
  return { ...changed, template };
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

it('finds a topic that lets it subscribe a queue of a third', () => {
  const open = topicWhere(statement => {
    statement.Condition = { StringEquals: { 'sns:Protocol': 'sqs' } };
  });
  expect(subscribing(queue, open)?.findings.map(({ kind }) => kind)).toEqual(['open']);
});

it('says what it assumes where the topic is of nobody here', () => {
  const verdict = subscribing(queue);
  expect(verdict?.edge.assumes).toBe(`${carrier} lets it subscribe`);
  expect(verdict?.findings).toEqual([]);
  const table = proofTable('dev', proveDeliveries([queue]));
  expect(table).toContain('Left to other accounts: 1.');
  expect(table).toMatch(/\*\*assumed\*\* .*: 444444444444 lets it subscribe\./);
});

describe('a topic that asks for an organization', () => {
  const member = half('cross-account-queue', shop, apps.ofOrganization);
  const asking = half('cross-account-topic', carrier, apps.ofOrganization);
  const kinds = (changed: AppStack) => subscribing(member, changed)?.findings.map(({ kind }) => kind);

  it('is asked as an account of it would be, which no template shows: that is assumed', () => {
    const verdict = subscribing(member, asking);
    expect(verdict?.findings).toEqual([]);
    expect(verdict?.edge.assumes).toBe(`${shop} is of ${organization}`);
    expect(proofTable('dev', proveDeliveries([member, asking]))).toMatch(
      /\*\*assumed\*\* .*: 555555555555 is of o-a1b2c3d4e5\./,
    );
  });

  it('is found closed where it does not name the account', () => {
    const closed = topicWhere(statement => {
      statement.Principal = { AWS: `arn:aws:iam::${carrier}:root` };
    }, asking);
    expect(kinds(closed)).toContain('blocked');
    // What is found is not hidden behind what is assumed.
    expect(proofTable('dev', proveDeliveries([member, closed]))).toMatch(
      /\| Subscribing from another account \| \*\*blocked\*\* \|/,
    );
  });

  it('is found open where it lets in all of the organization', () => {
    const open = topicWhere(statement => {
      statement.Principal = { AWS: '*' };
    }, asking);
    expect(kinds(open)).toContain('open');
  });

  it('is found open where a second statement asks for none', () => {
    const open = topicWhere((statement, statements) => {
      statements.push({ ...statement, Condition: { StringEquals: { 'sns:Protocol': 'sqs' } } });
    }, asking);
    expect(kinds(open)).toContain('open');
  });
});
