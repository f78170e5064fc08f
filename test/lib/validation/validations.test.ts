import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { type App, CfnResource, Duration, Stack, Validations } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { addSystems } from '../../../bin/systems.ts';
import { addValidations } from '../../../lib/validation/validations.ts';
import { testApp } from '../../support/synthesized-app.ts';

// Its engine compiles for a second or two before it says a word.
jest.setTimeout(60_000);

// Here the engine of aws-cdk-lib is what is tested; elsewhere it is switched off.
delete process.env.CDK_VALIDATION;

interface Violation {
  readonly ruleName: string;
  readonly severity: string;
  readonly violatingConstructs: readonly { readonly constructPath: string }[];
}

interface Suppressed extends Violation {
  readonly acknowledgedId: string;
  readonly acknowledgedAt: string;
  readonly reason: string;
}

interface PluginReport {
  readonly pluginName: string;
  readonly conclusion: 'success' | 'failure';
  readonly violations: readonly Violation[];
  readonly suppressedViolations?: readonly Suppressed[];
}

function reportsIn(directory: string): readonly PluginReport[] {
  const report = readFileSync(join(directory, 'validation-report.json'), 'utf8');
  return (JSON.parse(report) as { pluginReports: PluginReport[] }).pluginReports;
}

/** Rules that fail the synth of an app, by the engine that they are of. */
function failuresOf(make: (stack: Stack) => void): Record<string, string[]> {
  const app = testApp();
  make(new Stack(app, 'bad'));
  addValidations(app);
  expect(() => app.synth()).toThrow(/A copy of this report can be found in/);
  return Object.fromEntries(
    reportsIn(app.outdir)
      .filter(({ conclusion }) => conclusion === 'failure')
      .map(({ pluginName, violations }) => [
        pluginName,
        violations.filter(({ severity }) => severity === 'error').map(({ ruleName }) => ruleName),
      ]),
  );
}

it('passes for whoever alarms can reach: people, webhooks, a chat', () => {
  const app = testApp({
    alarmEmails: 'jane@example.com,john@example.com',
    alarmWebhooks: 'https://pager.example.com/1,https://pager.example.com/2',
    alarmChat: 'T07EA123LEP/C07EZ1ABC23',
  });
  addSystems(app, ['operations', 'order-ledger']);
  addValidations(app);
  const { directory } = app.synth();
  expect(reportsIn(directory).flatMap(({ violations }) => violations)).toEqual([]);
});

describe.each(['dev', 'prod'])('validated synth of %s', stage => {
  const app = testApp({ stage });
  addSystems(app);
  addValidations(app);
  const { directory } = app.synth();
  const reports = reportsIn(directory);
  const suppressed = reports.flatMap(({ pluginName, suppressedViolations = [] }) =>
    suppressedViolations.map(violation => ({ pluginName, ...violation })),
  );

  it('passes, without so much as a warning', () => {
    expect(reports.flatMap(({ violations }) => violations)).toEqual([]);
  });

  it('has findings acknowledged one by one: one rule, one resource, one reason', () => {
    expect(suppressed.length).toBeGreaterThan(0);
    for (const { acknowledgedAt, acknowledgedId, reason } of suppressed) {
      const covered = suppressed.filter(
        other => other.acknowledgedAt === acknowledgedAt && other.acknowledgedId === acknowledgedId,
      );
      const constructs = covered.flatMap(({ violatingConstructs }) => violatingConstructs);
      expect([acknowledgedAt, acknowledgedId, constructs.length]).toEqual([
        acknowledgedAt,
        acknowledgedId,
        1,
      ]);
      expect(reason).toMatch(/^[A-Z].{20,}$/);
    }
  });

  it('has no acknowledgement of what nobody finds', () => {
    const found = suppressed.map(
      ({ acknowledgedAt, acknowledgedId }) => `${acknowledgedAt} ${acknowledgedId}`,
    );
    expect(acknowledgementsIn(app).filter(acknowledgement => !found.includes(acknowledgement))).toEqual([]);
  });
});

describe('a synth fails when a stack breaks a rule of', () => {
  it('aws-cdk-lib, which knows what CloudFormation takes', () => {
    const failures = failuresOf(stack => {
      new CfnResource(stack, 'Queue', {
        type: 'AWS::SQS::Queue',
        properties: { VisibilityTimeout: 43_201 },
      });
    });
    expect(failures['CloudFormation Validate']).toHaveLength(1);
  });

  it('AwsSolutions: a queue that takes requests without TLS', () => {
    const failures = failuresOf(stack => {
      new sqs.Queue(stack, 'Queue');
    });
    expect(failures.AwsSolutions).toContain('AwsSolutions-SQS4');
  });

  it('Serverless: a function whose timeout nobody chose', () => {
    expect(failuresOf(stack => makeFunction(stack)).Serverless).toContain('Serverless-LambdaDefaultTimeout');
  });

  it('Messaging: a queue that answers receives empty', () => {
    const failures = failuresOf(stack => {
      new sqs.Queue(stack, 'Queue', { enforceSSL: true });
    });
    expect(failures.Messaging).toEqual(['LongPolling']);
  });

  it('Messaging, unless the finding is acknowledged for that one construct', () => {
    const failures = failuresOf(stack => {
      const acknowledged = new sqs.Queue(stack, 'Acknowledged', { enforceSSL: true });
      Validations.of(acknowledged).acknowledge({
        id: 'Messaging::LongPolling',
        reason: 'Its one reader asks every second and must not wait',
      });
      new sqs.Queue(stack, 'Other', { enforceSSL: true });
    });
    expect(failures.Messaging).toEqual(['LongPolling']);
  });
});

it('a violation of the messaging rules says what is wrong, where, and what to do', () => {
  const app = testApp();
  const stack = new Stack(app, 'bad');
  const queue = new sqs.Queue(stack, 'Queue', { visibilityTimeout: Duration.seconds(17) });
  makeFunction(stack).addEventSourceMapping('Mapping', { eventSourceArn: queue.queueArn });
  addValidations(app);
  expect(() => app.synth()).toThrow(
    /hides messages for six times its function's timeout and the batching window\. VisibilityTimeout is 17, of 18 s\./,
  );
});

function makeFunction(scope: Construct): lambda.Function {
  return new lambda.Function(scope, 'Function', {
    code: lambda.Code.fromInline('exports.handler = async () => {}'),
    handler: 'index.handler',
    runtime: lambda.Runtime.NODEJS_24_X,
  });
}

/** Every acknowledgement that a construct of the app made. */
function acknowledgementsIn(app: App): string[] {
  return app.node
    .findAll()
    .flatMap(({ node }) =>
      node.metadata
        .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
        .flatMap(({ data }) => Object.keys(data as object).map(id => `${node.path} ${id}`)),
    );
}
