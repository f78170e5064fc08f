import { PropsError } from '../../../lib/constructs/validation.ts';
import { Workflow } from '../../../lib/constructs/workflow.ts';
import { resourceOf, resourcesOfType, templateOf, testStack } from '../../support/stack-template.ts';

const definition = {
  Comment: 'Does nothing',
  StartAt: 'Done',
  TimeoutSeconds: 60,
  States: { Done: { Type: 'Succeed' } },
};

function makeWorkflow(changes: object = {}) {
  const stack = testStack();
  const workflow = new Workflow(stack, 'Orders', {
    definition: { ...definition, ...changes },
    invokes: [],
    sendsTo: [],
  });
  return { stack, workflow };
}

it('runs the definition as it is', () => {
  const { workflow } = makeWorkflow();
  const { DefinitionString } = resourceOf(workflow.machine).Properties;

  expect(JSON.parse(String(DefinitionString))).toEqual(definition);
});

it('may do nothing that it was not told of, beside logs and traces', () => {
  const { stack } = makeWorkflow();
  const actions = resourcesOfType(templateOf(stack), 'AWS::IAM::Policy').flatMap(([, { Properties }]) =>
    (Properties.PolicyDocument as { Statement: { Action: string | string[] }[] }).Statement.flatMap(
      ({ Action }) => Action,
    ),
  );

  expect([...new Set(actions.map(action => action.split(':')[0]))].sort()).toEqual(['logs', 'xray']);
});

it.each([0, 1.5, 31_536_001])('refuses executions that may take %p seconds', TimeoutSeconds => {
  expect(() => makeWorkflow({ TimeoutSeconds })).toThrow(PropsError);
});
