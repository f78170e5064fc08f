import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack, Validations } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { DeliveryChecks } from '../../../lib/validation/delivery-checks.ts';
import { testApp } from '../../support/synthesized-app.ts';

interface Violation {
  readonly ruleName: string;
  readonly description: string;
  readonly violatingConstructs: readonly { readonly constructPath: string }[];
}

/** What fails the synth of stacks that a team might write with aws-cdk-lib alone. */
function violationsOf(make: (stack: Stack) => void): readonly (readonly string[])[] {
  const app = testApp();
  make(new Stack(app, 'orders'));
  Validations.of(app).addPlugins(new DeliveryChecks());
  expect(() => app.synth()).toThrow(/A copy of this report can be found in/);
  const { pluginReports } = JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')) as {
    pluginReports: { pluginName: string; violations: Violation[] }[];
  };
  return pluginReports
    .filter(({ pluginName }) => pluginName === 'Delivery')
    .flatMap(({ violations }) => violations)
    .map(({ ruleName, description, violatingConstructs }) => [
      ruleName,
      violatingConstructs[0]?.constructPath ?? '',
      description.split(':')[0] ?? '',
    ]);
}

function subscribe(stack: Stack): sqs.Queue {
  const topic = new sns.Topic(stack, 'Topic', { enforceSSL: true });
  const queue = new sqs.Queue(stack, 'Queue', { enforceSSL: true });
  topic.addSubscription(
    new SqsSubscription(queue, {
      deadLetterQueue: new sqs.Queue(stack, 'Undelivered', {
        enforceSSL: true,
        encryptionMasterKey: new kms.Key(stack, 'Key'),
      }),
    }),
  );
  return queue;
}

it("finds that CDK lets SNS into the queue of a subscription's DLQ, and not into its key", () => {
  const violations = violationsOf(stack => subscribe(stack));
  const where = 'DLQ of a subscription, orders/Topic → orders/Undelivered';
  expect(violations).toEqual([
    ['Blocked', 'orders/Key/Resource', where],
    ['Blocked', 'orders/Key/Resource', where],
  ]);
});

it('finds that an alarm does not get through the key of its topic', () => {
  const violations = violationsOf(stack => {
    const topic = new sns.Topic(stack, 'Alarms', { enforceSSL: true, masterKey: new kms.Key(stack, 'Key') });
    const metric = new cloudwatch.Metric({ namespace: 'Tests', metricName: 'Failures' });
    metric
      .createAlarm(stack, 'Failing', { threshold: 1, evaluationPeriods: 1 })
      .addAlarmAction(new SnsAction(topic));
  });
  expect(violations).toContainEqual([
    'Blocked',
    'orders/Key/Resource',
    'Alarm, orders/Failing → orders/Alarms',
  ]);
});

it('finds that nobody has written the policy of an imported queue, unless that is acknowledged', () => {
  const violations = violationsOf(stack => {
    const theirs = sqs.Queue.fromQueueArn(stack, 'Theirs', 'arn:aws:sqs:eu-west-1:222233334444:theirs');
    const topics = ['First', 'Second'].map(id => new sns.Topic(stack, id, { enforceSSL: true }));
    for (const topic of topics) topic.addSubscription(new SqsSubscription(theirs));
    const first = stack.node
      .findAll()
      .find(construct => construct instanceof sns.CfnSubscription && construct.node.path.includes('First'));
    if (!first) throw new Error('The first topic has no subscription');
    Validations.of(first).acknowledge({
      id: 'Delivery::Unseen',
      reason: 'The owner of the queue lets this topic in',
    });
  });
  expect(violations).toEqual([
    [
      'Unseen',
      expect.stringMatching(/Second/),
      expect.stringMatching(/^SNS subscription \(sqs\), orders\/Second → arn$/),
    ],
  ]);
});

it('has nothing against what is let in all the way', () => {
  const app = testApp();
  const stack = new Stack(app, 'orders');
  const topic = new sns.Topic(stack, 'Topic', { enforceSSL: true });
  topic.addSubscription(new SqsSubscription(new sqs.Queue(stack, 'Queue', { enforceSSL: true })));
  Validations.of(app).addPlugins(new DeliveryChecks());
  expect(() => app.synth()).not.toThrow();
});
