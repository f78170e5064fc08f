import { deliveryEdges } from '../support/policy/delivery-edges.ts';
import { PolicyWorld } from '../support/policy/policy-world.ts';
import { synthesizedStacks } from '../support/policy/synthesized-world.ts';

interface Statement {
  readonly Action: string | readonly string[];
  Condition?: unknown;
}

interface Properties {
  readonly PolicyDocument: { Statement: Statement[] };
  readonly AssumeRolePolicyDocument: { Statement: Statement[] };
}

const system = 'order-workflow';
const stacks = synthesizedStacks('dev').filter(({ name }) => name === system);
const intact = new PolicyWorld(stacks);

/** What is wrong with the edge from workflow to queue, after a resource was changed. */
async function faultsWith(
  path: string,
  tamper: (properties: Properties) => void,
): Promise<readonly string[]> {
  const { logicalId } = intact.resource(`${system}/${path}`);
  const world = new PolicyWorld(
    stacks.map(stack => {
      const template = structuredClone(stack.template);
      tamper(template.Resources[logicalId]?.Properties as object as Properties);
      return { ...stack, template };
    }),
  );
  const [edge, ...others] = deliveryEdges(world).filter(({ name }) => /Machine → .*Queue$/.test(name));
  expect(others).toEqual([]);
  return (await edge?.faults()) ?? ['there is no edge'];
}

const without =
  (action: string) =>
  ({ PolicyDocument: document }: Properties) => {
    const rest = document.Statement.filter(({ Action }) => ![Action].flat().includes(action));
    expect(rest).toHaveLength(document.Statement.length - 1);
    document.Statement = rest;
  };

it('a workflow that may do what it needs is found sound', async () => {
  await expect(faultsWith('Orders/Role', () => undefined)).resolves.toEqual([]);
});

it.each(['sqs:SendMessage', 'kms:GenerateDataKey'])('one that lost %s is found blocked', async action => {
  await expect(faultsWith('Orders/Role/DefaultPolicy', without(action))).resolves.toEqual(
    expect.arrayContaining([expect.stringMatching(/^blocked: /)]),
  );
});

it('a role that Step Functions takes for anybody is found open', async () => {
  const faults = await faultsWith('Orders/Role', ({ AssumeRolePolicyDocument: { Statement } }) => {
    for (const statement of Statement) delete statement.Condition;
  });
  expect(faults).toEqual(expect.arrayContaining([expect.stringMatching(/^open: /)]));
});

it('a queue that takes messages without TLS is found out', async () => {
  const faults = await faultsWith('PaymentTasks/Queue/Policy', ({ PolicyDocument: document }) => {
    document.Statement = [];
  });
  expect(faults).toEqual([expect.stringMatching(/^plaintext: /)]);
});
