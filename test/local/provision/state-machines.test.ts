import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { LocalCloud } from '../../../local/cloud.ts';
import { eventually } from '../emulators/endpoint-under-test.ts';
import { attributeOf, notesOn, ProvisionedStacks, refTo } from './provisioned-stacks.ts';

const stacks = new ProvisionedStacks();

afterAll(() => stacks.stop());

const arn = 'arn:aws:states:us-east-1:000000000000:stateMachine:shop-Orders';
const asks = {
  StartAt: 'Ask',
  States: {
    Ask: {
      Type: 'Task',
      Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
      Parameters: { QueueUrl: refTo('Tasks'), MessageBody: { 'token.$': '$$.Task.Token' } },
      TimeoutSeconds: 90,
      End: true,
    },
  },
};

function machine(Properties: object) {
  const RoleArn = 'arn:aws:iam::000000000000:role/orders';
  return { Type: 'AWS::StepFunctions::StateMachine', Properties: { RoleArn, ...Properties } };
}

/** Runs an execution to its end. */
async function executed(cloud: LocalCloud) {
  const sfn = new SFNClient({
    endpoint: cloud.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  try {
    const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn: arn }));
    return await eventually(async () => {
      const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      return execution.status !== 'RUNNING' && execution;
    });
  } finally {
    sfn.destroy();
  }
}

it('waits for answers as many times less as messages come again sooner, and counts what fails', async () => {
  const alarm = {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      Namespace: 'AWS/States',
      MetricName: 'ExecutionsFailed',
      Dimensions: [{ Name: 'StateMachineArn', Value: refTo('Orders') }],
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    },
  };
  const { cloud } = await stacks.of(
    [
      {
        name: 'shop',
        template: {
          Resources: {
            Tasks: { Type: 'AWS::SQS::Queue', Properties: {} },
            Orders: machine({ Definition: asks }),
            Failed: alarm,
          },
          Outputs: { Arn: { Value: attributeOf('Orders') }, Name: { Value: attributeOf('Orders', 'Name') } },
        },
      },
    ],
    { maxVisibilityTimeoutSeconds: 1 },
  );
  expect(cloud.stacks[0]?.outputs).toEqual({ Arn: arn, Name: 'shop-Orders' });

  const { status, error, startDate, stopDate } = await executed(cloud);

  expect({ status, error }).toEqual({ status: 'FAILED', error: 'States.Timeout' });
  const seconds = (Number(stopDate) - Number(startDate)) / 1_000;
  expect(seconds).toBeGreaterThan(0.9);
  expect(seconds).toBeLessThan(45);
  await eventually(async () => cloud.alarms().some(({ state }) => state === 'ALARM'));
});

it.each([
  ['an express workflow', { StateMachineType: 'EXPRESS', Definition: asks }, 'it is an express workflow'],
  ['what is elsewhere', { DefinitionS3Location: {} }, 'its definition is not in the template'],
  [
    'another query language',
    { Definition: { ...asks, QueryLanguage: 'JSONata' } },
    'its query language is JSONata',
  ],
])('does not run %s, and says so', async (_, properties, reason) => {
  const { cloud } = await stacks.ofResources({
    Tasks: { Type: 'AWS::SQS::Queue', Properties: {} },
    Orders: machine(properties),
  });
  expect(notesOn(cloud, 'Orders')).toEqual([`does not run here: ${reason}`]);
  await expect(executed(cloud)).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' });
});

it('says which states fail here', async () => {
  const Publish = { Type: 'Task', Resource: 'arn:aws:states:::sns:publish', End: true };
  const { cloud } = await stacks.ofResources({
    Orders: machine({ DefinitionString: JSON.stringify({ StartAt: 'Publish', States: { Publish } }) }),
  });
  expect(notesOn(cloud, 'Orders')).toEqual([
    'its executions fail here in Publish (arn:aws:states:::sns:publish)',
  ]);
  await expect(executed(cloud)).resolves.toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
});

it('refuses a definition that is no JSON', async () => {
  await expect(stacks.ofResources({ Orders: machine({ DefinitionString: '{' }) })).rejects.toThrow(
    /DefinitionString must be JSON: /,
  );
});

it('ends with executions that wait', async () => {
  const alone = new ProvisionedStacks();
  const { cloud } = await alone.ofResources({
    Tasks: { Type: 'AWS::SQS::Queue', Properties: {} },
    Orders: machine({ Definition: asks }),
  });
  const ended: string[] = [];
  cloud.events.on('execution', ({ status }) => ended.push(status));
  const response = await fetch(cloud.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'AWSStepFunctions.StartExecution',
    },
    body: JSON.stringify({ stateMachineArn: arn }),
  });
  expect(response.status).toBe(200);
  await alone.stop();
  expect(ended).toEqual(['RUNNING', 'ABORTED']);
});
