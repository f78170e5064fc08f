import { parseEnvironment } from '../../../contracts/environment.ts';
import { fileEventsEnvironment, serviceEventRules } from '../../../contracts/service-events.ts';
import { referredId, resourcesOfType } from '../../support/stack-template.ts';
import { asDeployed, statedText, theOnly } from '../../support/stated-values.ts';
import { systemTemplate, type TemplateJson } from '../../support/synthesized-app.ts';
import { templateDifferences, templatePicture } from '../../support/template-snapshot.ts';

const system = 'service-events';
const dev = systemTemplate(system, 'dev');
const prod = systemTemplate(system, 'prod');

const queueOf = (name: string) =>
  theOnly(dev, 'AWS::SQS::Queue', ({ QueueName }) => QueueName === `${system}-${name}`);
const queue = queueOf('events');
const undelivered = queueOf('intake-undelivered');
const bucket = theOnly(
  dev,
  'AWS::S3::Bucket',
  ({ NotificationConfiguration }) => NotificationConfiguration !== undefined,
);
const rules = resourcesOfType(dev, 'AWS::Events::Rule').map(([, { Properties }]) => Properties);
const functionOf = (template: TemplateJson) => theOnly(template, 'AWS::Lambda::Function');

it('has a rule for each event of the contract, and all of them on one queue with one DLQ', () => {
  const patterns = rules.map(
    ({ EventPattern }) => EventPattern as { source: string[]; 'detail-type': string[] },
  );
  expect(patterns.map(({ source, 'detail-type': types }) => [source, types]).sort()).toEqual(
    Object.values(serviceEventRules)
      .map(({ pattern }) => [pattern.source, pattern.detailType])
      .sort(),
  );
  for (const { Targets } of rules) {
    const targets = Targets as { Arn: unknown; DeadLetterConfig: { Arn: unknown } }[];
    expect(targets.map(({ Arn }) => referredId(Arn))).toEqual([queue.id]);
    expect(targets.map(({ DeadLetterConfig }) => referredId(DeadLetterConfig.Arn))).toEqual([undelivered.id]);
  }
});

it('hears of the objects of its own bucket, and of no other', () => {
  expect(bucket.resource.Properties.NotificationConfiguration).toEqual({
    EventBridgeConfiguration: { EventBridgeEnabled: true },
  });
  const pattern = rules
    .map(
      ({ EventPattern }) => EventPattern as { source: string[]; detail?: { bucket?: { name: unknown[] } } },
    )
    .find(({ source }) => source.includes('aws.s3'));
  expect(pattern?.detail?.bucket?.name.map(name => referredId(name))).toEqual([bucket.id]);
});

it('hands the queue to the function, which knows table and topic', () => {
  const { EventSourceArn, FunctionName, FunctionResponseTypes } = theOnly(
    dev,
    'AWS::Lambda::EventSourceMapping',
  ).resource.Properties;
  expect(referredId(EventSourceArn)).toBe(queue.id);
  expect(referredId(FunctionName)).toBe(functionOf(dev).id);
  expect(FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
});

it.each([
  ['dev', dev, 30],
  ['prod', prod, 365],
])('tells the function all that it asks for, in %s', (_, template, days) => {
  const { Variables } = functionOf(template).resource.Properties.Environment as {
    Variables: Record<string, unknown>;
  };
  const variables = Object.fromEntries(
    Object.entries(Variables).map(([name, value]) => [name, statedText(value)]),
  );
  expect(parseEnvironment(fileEventsEnvironment, asDeployed(variables))).toMatchObject({
    RETENTION_DAYS: days,
  });
});

it('is what it was', () => {
  expect(templatePicture(dev)).toMatchSnapshot();
});

it('differs in prod as it did', () => {
  expect(templateDifferences(dev, prod)).toMatchSnapshot();
});
