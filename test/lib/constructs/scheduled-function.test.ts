import { Duration, type Stack } from 'aws-cdk-lib';
import * as v from 'valibot';
import { ScheduledFunction } from '../../../lib/constructs/scheduled-function.ts';
import { PropsError } from '../../../lib/constructs/validation.ts';
import {
  onlyResource,
  referredId,
  resourcesOfType,
  templateOf,
  testStack,
} from '../../support/stack-template.ts';

function makeFunction(every = Duration.minutes(15), timeout = Duration.minutes(1)) {
  const stack = testStack();
  new ScheduledFunction(stack, 'Janitor', {
    entry: 'lambda/travel-search/delete-orphans.ts',
    environmentSchema: v.object({}),
    environment: {},
    description: 'Tidies up',
    serviceName: 'janitor',
    metricsNamespace: 'TravelSearch',
    timeout,
    every,
  });
  return stack;
}

/** Logical id of the one resource of a type. */
function onlyId(stack: Stack, type: string): string | undefined {
  const ids = resourcesOfType(templateOf(stack), type).map(([id]) => id);
  expect(ids).toHaveLength(1);
  return ids[0];
}

it('is invoked at regular times, by its own rule alone', () => {
  const stack = makeFunction();
  const functionId = onlyId(stack, 'AWS::Lambda::Function');
  const ruleId = onlyId(stack, 'AWS::Events::Rule');
  const rule = onlyResource(stack, 'AWS::Events::Rule').Properties;

  expect(rule).toMatchObject({ ScheduleExpression: 'rate(15 minutes)', State: 'ENABLED' });
  const [target] = rule.Targets as { Arn: unknown }[];
  expect(referredId(target?.Arn)).toBe(functionId);
  const permission = onlyResource(stack, 'AWS::Lambda::Permission').Properties;
  expect(permission.Principal).toBe('events.amazonaws.com');
  expect(referredId(permission.SourceArn)).toBe(ruleId);
});

it('is not invoked again when an invocation fails: the next one does its work', () => {
  const stack = makeFunction();
  expect(onlyResource(stack, 'AWS::Lambda::EventInvokeConfig').Properties).toMatchObject({
    MaximumRetryAttempts: 0,
  });
  const [target] = onlyResource(stack, 'AWS::Events::Rule').Properties.Targets as { RetryPolicy: object }[];
  expect(target?.RetryPolicy).toMatchObject({ MaximumRetryAttempts: 0 });
});

it.each([
  ['every', Duration.seconds(30), Duration.seconds(10)],
  ['every', Duration.seconds(90), Duration.seconds(10)],
  ['every', Duration.days(2), Duration.seconds(10)],
  ['timeout', Duration.minutes(1), Duration.minutes(2)],
])('fails when %s is out of range: %s, %s', (prop, every, timeout) => {
  expect(() => makeFunction(every, timeout)).toThrow(PropsError);
  expect(() => makeFunction(every, timeout)).toThrow(prop);
});
