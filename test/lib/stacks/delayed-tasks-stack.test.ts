import { runTasksEnvironment, takeTasksEnvironment } from '../../../contracts/delayed-tasks.ts';
import { parseEnvironment } from '../../../contracts/environment.ts';
import { referredId, resourcesOfType } from '../../support/stack-template.ts';
import { asDeployed, statedText, theOnly } from '../../support/stated-values.ts';
import { systemTemplate, type TemplateJson } from '../../support/synthesized-app.ts';
import { templateDifferences, templatePicture } from '../../support/template-snapshot.ts';

const system = 'delayed-tasks';
const dev = systemTemplate(system, 'dev');
const prod = systemTemplate(system, 'prod');

const queueOf = (name: string) =>
  theOnly(dev, 'AWS::SQS::Queue', ({ QueueName }) => QueueName === `${system}-${name}`);
const wakeUps = queueOf('wake-ups');
const deadLetters = queueOf('wake-ups-dlq');
const undelivered = queueOf('scheduler-undelivered');
const group = theOnly(dev, 'AWS::Scheduler::ScheduleGroup');
const table = theOnly(dev, 'AWS::DynamoDB::Table');
const topic = theOnly(dev, 'AWS::SNS::Topic', ({ DisplayName }) => DisplayName === undefined);
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

describe('the way of a task', () => {
  it('leads from three routes, for signed requests alone, to the intake', () => {
    const routes = resourcesOfType(dev, 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => Properties);
    expect(routes.map(({ RouteKey }) => RouteKey).sort()).toEqual([
      'DELETE /tasks/{task_id}',
      'GET /tasks/{task_id}',
      'POST /tasks',
    ]);
    expect(new Set(routes.map(({ AuthorizationType }) => AuthorizationType))).toEqual(new Set(['AWS_IAM']));
    const integrations = resourcesOfType(dev, 'AWS::ApiGatewayV2::Integration');
    for (const [, { Properties }] of integrations) {
      expect(referredId(Properties.IntegrationUri)).toBe(functionOf(dev, 'take-tasks').id);
    }
  });

  it('from there to the queue, at once or by a schedule', () => {
    expect(variablesOf(dev, 'take-tasks')).toMatchObject({
      TABLE_NAME: `<${table.id}>`,
      QUEUE_URL: `<${wakeUps.id}>`,
      QUEUE_ARN: `<${wakeUps.id}>`,
      SCHEDULE_GROUP: `<${group.id}>`,
      SCHEDULE_DLQ_ARN: `<${undelivered.id}>`,
    });
  });

  it('waits five seconds at least, of which the intake knows', () => {
    expect(wakeUps.resource.Properties.DelaySeconds).toBe(5);
    expect(variablesOf(dev, 'take-tasks').QUEUE_DELAY_SECONDS).toBe('5');
  });

  it('to the consumer, and by it to the topic', () => {
    const mapping = theOnly(dev, 'AWS::Lambda::EventSourceMapping').resource.Properties;
    expect(referredId(mapping.EventSourceArn)).toBe(wakeUps.id);
    expect(referredId(mapping.FunctionName)).toBe(functionOf(dev, 'run-tasks').id);
    expect(mapping.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
    expect(variablesOf(dev, 'run-tasks')).toMatchObject({
      TABLE_NAME: `<${table.id}>`,
      TOPIC_ARN: `<${topic.id}>`,
    });
  });

  it('ends in the DLQ when it fails five times, and never waits there for longer', () => {
    expect(wakeUps.resource.Properties.RedrivePolicy).toEqual({
      deadLetterTargetArn: { 'Fn::GetAtt': [deadLetters.id, 'Arn'] },
      maxReceiveCount: 5,
    });
    expect(deadLetters.resource.Properties).not.toHaveProperty('DelaySeconds');
  });
});

it.each([
  ['dev', dev],
  ['prod', prod],
])('tells both functions all that they ask for, in %s', (_, template) => {
  expect(
    parseEnvironment(takeTasksEnvironment, asDeployed(variablesOf(template, 'take-tasks'))),
  ).toMatchObject({
    LONGEST_TIMER_SECONDS: 900,
    SCHEDULE_STEP_SECONDS: 60,
  });
  expect(parseEnvironment(runTasksEnvironment, asDeployed(variablesOf(template, 'run-tasks')))).toMatchObject(
    {
      FAILING_TASKS: '',
    },
  );
});

it('keeps schedules in prod when the stack goes, and takes them along in dev', () => {
  const groupOf = (template: TemplateJson) => theOnly(template, 'AWS::Scheduler::ScheduleGroup').resource;
  expect(groupOf(dev).DeletionPolicy).toBe('Delete');
  expect(groupOf(prod).DeletionPolicy).toBe('Retain');
});

it.each([
  ['dev', dev, 1_800],
  ['prod', prod, 1_200],
])(
  'has an alarm of messages that are too old, their sleep of 15 minutes left out, in %s',
  (_, template, age) => {
    const { Threshold } = theOnly(
      template,
      'AWS::CloudWatch::Alarm',
      ({ MetricName }) => MetricName === 'ApproximateAgeOfOldestMessage',
    ).resource.Properties;
    expect(Threshold).toBe(age);
  },
);

it('watches both DLQs', () => {
  const watched = resourcesOfType(dev, 'AWS::CloudWatch::Alarm').flatMap(([, { Properties }]) =>
    ((Properties.Dimensions ?? []) as { Name: string; Value: unknown }[])
      .filter(({ Name }) => Name === 'QueueName')
      .map(({ Value }) => referredId(Value)),
  );
  expect(watched).toEqual(expect.arrayContaining([deadLetters.id, undelivered.id]));
});

it('has outputs for who posts, who does tasks and who operates', () => {
  expect(Object.keys(dev.Outputs ?? {}).sort()).toEqual([
    'AlarmTopicArn',
    'DashboardUrl',
    'DeployedStage',
    'DueTasksTopicArn',
    'ScheduleDlqUrl',
    'ScheduleGroupName',
    'TasksTableName',
    'TasksUrl',
    'WakeUpsDlqUrl',
    'WakeUpsQueueUrl',
  ]);
});

it('is what it was', () => {
  expect(templatePicture(dev)).toMatchSnapshot();
});

it('differs in prod as it did', () => {
  expect(templateDifferences(dev, prod)).toMatchSnapshot();
});
