import { parseEnvironment } from '../../../contracts/environment.ts';
import {
  cancelPaymentEnvironment,
  giveUpPaymentEnvironment,
  keepStockEnvironment,
  startOrderEnvironment,
  takePaymentEnvironment,
} from '../../../contracts/order-workflow.ts';
import { referredId, resourcesOfType } from '../../support/stack-template.ts';
import { asDeployed, statedText, theOnly } from '../../support/stated-values.ts';
import { systemTemplate, type TemplateJson } from '../../support/synthesized-app.ts';
import { templateDifferences, templatePicture } from '../../support/template-snapshot.ts';
import { definitionIn } from '../../support/workflow-definition.ts';

const system = 'order-workflow';
const dev = systemTemplate(system, 'dev');
const prod = systemTemplate(system, 'prod');

const queueOf = (name: string) =>
  theOnly(dev, 'AWS::SQS::Queue', ({ QueueName }) => QueueName === `${system}-${name}`);
const tasks = queueOf('payment-tasks');
const deadLetters = queueOf('payment-tasks-dlq');
const machine = theOnly(dev, 'AWS::StepFunctions::StateMachine');
const functionOf = (template: TemplateJson, service: string) =>
  theOnly(template, 'AWS::Lambda::Function', ({ Environment }) =>
    JSON.stringify(Environment).includes(`"POWERTOOLS_SERVICE_NAME":"${service}"`),
  );
const variablesOf = (template: TemplateJson, service: string) => {
  const { Variables } = functionOf(template, service).resource.Properties.Environment as {
    Variables: Record<string, unknown>;
  };
  return Object.fromEntries(Object.entries(Variables).map(([name, value]) => [name, statedText(value)]));
};
const definition = definitionIn(dev);
const { 'Take payment': waiting, 'Reserve stock': reserving } = definition.States;

describe('the way of an order', () => {
  it('leads from one route, for signed requests alone, to the function that starts its workflow', () => {
    const route = theOnly(dev, 'AWS::ApiGatewayV2::Route').resource.Properties;
    expect(route).toMatchObject({ RouteKey: 'POST /orders', AuthorizationType: 'AWS_IAM' });
    const integration = theOnly(dev, 'AWS::ApiGatewayV2::Integration').resource.Properties;
    expect(referredId(integration.IntegrationUri)).toBe(functionOf(dev, 'start-order').id);
    expect(variablesOf(dev, 'start-order').STATE_MACHINE_ARN).toBe(`<${machine.id}>`);
  });

  it('from there to the stock, and to the queue of payments', () => {
    expect(reserving?.Parameters?.FunctionName).toBe(`<${functionOf(dev, 'keep-stock').id}>`);
    expect(waiting).toMatchObject({
      Resource: expect.stringMatching(/:states:::sqs:sendMessage\.waitForTaskToken$/),
      Parameters: { QueueUrl: `<${tasks.id}>`, MessageBody: { 'task_token.$': '$$.Task.Token' } },
    });
  });

  it('from the queue to the worker, and from its DLQ to whoever gives up', () => {
    const mappings = resourcesOfType(dev, 'AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => [
      referredId(Properties.EventSourceArn),
      referredId(Properties.FunctionName),
      Properties.FunctionResponseTypes,
    ]);
    expect(mappings).toEqual([
      [tasks.id, functionOf(dev, 'take-payment').id, ['ReportBatchItemFailures']],
      [deadLetters.id, functionOf(dev, 'give-up-payment').id, ['ReportBatchItemFailures']],
    ]);
  });
});

describe('the times of the state that waits', () => {
  const { VisibilityTimeout, RedrivePolicy } = tasks.resource.Properties as {
    VisibilityTimeout: number;
    RedrivePolicy: { maxReceiveCount: number };
  };

  it('are longer than the queue needs to give a message up: that ends it first', () => {
    expect(waiting?.TimeoutSeconds).toBeGreaterThan(VisibilityTimeout * RedrivePolicy.maxReceiveCount);
  });

  it('and let a message come back once without a heartbeat', () => {
    expect(waiting?.HeartbeatSeconds).toBeGreaterThan(2 * VisibilityTimeout);
    expect(waiting?.HeartbeatSeconds).toBeLessThan(waiting?.TimeoutSeconds ?? 0);
  });

  it('fit into that of the execution, with all retries of all states', () => {
    const longest = Object.values(definition.States)
      .map(({ TimeoutSeconds = 0, Retry = [] }) => {
        const tries = Retry.reduce((sum, { MaxAttempts = 3 }) => sum + MaxAttempts, 1);
        const pauses = Retry.reduce(
          (sum, { MaxAttempts = 3, MaxDelaySeconds = 0 }) => sum + MaxAttempts * MaxDelaySeconds,
          0,
        );
        // A payment that was sent is not sent again: what is retried there fails before it waits.
        const waits = TimeoutSeconds > 60 ? TimeoutSeconds : TimeoutSeconds * tries;
        return waits + pauses;
      })
      .reduce((sum, seconds) => sum + seconds);
    expect(definition.TimeoutSeconds).toBeGreaterThan(longest);
  });
});

it('tries every task again after pauses that grow, have an end, and differ', () => {
  const tried = Object.values(definition.States).filter(({ Type }) => Type === 'Task');
  expect(tried.length).toBe(4);
  for (const { Retry = [] } of tried) {
    expect(Retry.at(-1)).toMatchObject({
      ErrorEquals: ['States.ALL'],
      BackoffRate: 2,
      JitterStrategy: 'FULL',
      MaxDelaySeconds: expect.any(Number),
    });
  }
});

it('records executions for good, logs without what is in them, and traces', () => {
  const {
    StateMachineType = 'STANDARD',
    LoggingConfiguration,
    TracingConfiguration,
  } = machine.resource.Properties;
  expect(StateMachineType).toBe('STANDARD');
  expect(LoggingConfiguration).toMatchObject({ IncludeExecutionData: false, Level: 'ALL' });
  expect(TracingConfiguration).toEqual({ Enabled: true });
});

it.each([
  ['dev', dev],
  ['prod', prod],
])('tells each function all that it asks for, in %s', (_, template) => {
  const told = (service: string) => asDeployed(variablesOf(template, service));
  expect(() => parseEnvironment(startOrderEnvironment, told('start-order'))).not.toThrow();
  expect(() => parseEnvironment(keepStockEnvironment, told('keep-stock'))).not.toThrow();
  expect(() => parseEnvironment(takePaymentEnvironment, told('take-payment'))).not.toThrow();
  expect(() => parseEnvironment(cancelPaymentEnvironment, told('cancel-payment'))).not.toThrow();
  expect(() => parseEnvironment(giveUpPaymentEnvironment, told('give-up-payment'))).not.toThrow();
});

it('has the worker and whoever cancels at one table of payments', () => {
  expect(variablesOf(dev, 'take-payment').TABLE_NAME).toBe(variablesOf(dev, 'cancel-payment').TABLE_NAME);
});

it('watches executions that fail, hang or are slowed down', () => {
  const watched = resourcesOfType(dev, 'AWS::CloudWatch::Alarm')
    .filter(([, { Properties }]) => Properties.Namespace === 'AWS/States')
    .map(([, { Properties }]) => Properties.MetricName);
  expect(watched.sort()).toEqual(['ExecutionThrottled', 'ExecutionsFailed', 'ExecutionsTimedOut']);
});

it('has outputs for who posts and who operates', () => {
  expect(Object.keys(dev.Outputs ?? {}).sort()).toEqual([
    'AlarmTopicArn',
    'DashboardUrl',
    'DeployedStage',
    'OrdersUrl',
    'PaymentTasksDlqUrl',
    'PaymentTasksQueueUrl',
    'PaymentsTableName',
    'StateMachineArn',
    'StockTableName',
  ]);
});

it('is what it was', () => {
  expect(templatePicture(dev)).toMatchSnapshot();
});

it('differs in prod as it did', () => {
  expect(templateDifferences(dev, prod)).toMatchSnapshot();
});
