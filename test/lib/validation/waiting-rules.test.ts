import { waitingRules } from '../../../lib/validation/waiting-rules.ts';

const waiting = {
  Type: 'Task',
  Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
  TimeoutSeconds: 900,
  HeartbeatSeconds: 300,
};

function findingsOf(properties: Readonly<Record<string, unknown>>) {
  const template = {
    Resources: { Machine: { Type: 'AWS::StepFunctions::StateMachine', Properties: properties } },
  };
  return waitingRules.flatMap(rule => rule.findings(template)).map(({ property }) => property);
}
const ofStates = (States: object) => findingsOf({ DefinitionString: JSON.stringify({ States }) });

it('a state that waits has both limits, whether they are numbers or come with the input', () => {
  expect(ofStates({ Ask: waiting })).toEqual([]);
  const { TimeoutSeconds, HeartbeatSeconds, ...endless } = waiting;
  expect(ofStates({ Ask: { ...endless, TimeoutSecondsPath: '$.t', HeartbeatSecondsPath: '$.h' } })).toEqual(
    [],
  );
  expect(ofStates({ Ask: endless })).toEqual(['States.Ask.TimeoutSeconds', 'States.Ask.HeartbeatSeconds']);
  expect(ofStates({ Ask: { ...endless, TimeoutSeconds } })).toEqual(['States.Ask.HeartbeatSeconds']);
  expect(ofStates({ Ask: { ...endless, HeartbeatSeconds } })).toEqual(['States.Ask.TimeoutSeconds']);
});

it('in branches and maps too', () => {
  const { TimeoutSeconds: _, ...endless } = waiting;
  const inner = { States: { Ask: endless } };
  expect(ofStates({ Both: { Type: 'Parallel', Branches: [inner] } })).toEqual(['States.Ask.TimeoutSeconds']);
  expect(ofStates({ Each: { Type: 'Map', ItemProcessor: inner } })).toEqual(['States.Ask.TimeoutSeconds']);
});

it('a state that does not wait needs neither', () => {
  expect(ofStates({ Send: { Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage' } })).toEqual([]);
});

it('reads what the deployment completes, and what is an object', () => {
  const text = JSON.stringify({ States: { Ask: { ...waiting, HeartbeatSeconds: undefined } } });
  const [start = '', end = ''] = text.split('aws:states');
  expect(
    findingsOf({
      DefinitionString: { 'Fn::Join': ['', [start, { Ref: 'AWS::Partition' }, ':states', end]] },
    }),
  ).toEqual(['States.Ask.HeartbeatSeconds']);
  expect(findingsOf({ Definition: { States: { Ask: waiting } } })).toEqual([]);
});

it('a definition that cannot be read is a finding: nobody knows whether it waits', () => {
  expect(findingsOf({ DefinitionS3Location: { Bucket: 'b', Key: 'k' } })).toEqual(['DefinitionString']);
  expect(findingsOf({ DefinitionString: '{' })).toEqual(['DefinitionString']);
});
