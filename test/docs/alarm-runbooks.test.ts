import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runbooks } from '../../lib/constructs/monitoring/runbook.ts';
import { anchorsOf } from '../support/pages.ts';
import { referredId, resourcesOfType } from '../support/stack-template.ts';
import { synthesizedApp } from '../support/synthesized-app.ts';
import { repository } from '../support/temporary-directory.ts';

const docsUrl = 'https://git.example.com/messaging/blob/main';
const alarmTypes = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'];

/** Once as it is without a place to read the files at, once with one, and with what stages may have beside. */
const contexts = {
  dev: {},
  prod: {
    docsUrl,
    archivedTopicArn: 'arn:aws:sns:eu-west-1:111122223333:orders',
    alarmWebhooks: 'https://example.com/alarms',
  },
};

const stacks = (['dev', 'prod'] as const).flatMap(stage => {
  const { stackNames, template } = synthesizedApp(stage, contexts[stage]);
  return stackNames.map(name => ({ name: `${name} of ${stage}`, stage, template: template(name) }));
});

/** Where the alarms of a stack say that their runbooks are; those that start workers have none. */
function namedBy({ stage, template }: (typeof stacks)[number]): string[] {
  return alarmTypes
    .flatMap(type => resourcesOfType(template, type))
    .filter(([, { Properties }]) => {
      const [action] = (Properties.AlarmActions ?? []) as unknown[];
      return !template.Resources[referredId(action) ?? '']?.Type.endsWith('::ScalingPolicy');
    })
    .map(([id, { Properties }]) => {
      const start = stage === 'prod' ? `${docsUrl}/docs/runbooks/` : 'docs/runbooks/';
      const [, runbook] = String(Properties.AlarmDescription).split(`Runbook: ${start}`);
      return runbook ?? `none: ${id}`;
    });
}

function isThere(runbook: string): boolean {
  const [file = '', anchor] = runbook.split('#');
  const page = `docs/runbooks/${file}`;
  if (!existsSync(join(repository, page))) return false;
  return anchor === undefined || anchorsOf(page, /##/).includes(anchor);
}

it.each(stacks)('every alarm of $name names a runbook that is there', stack => {
  const named = namedBy(stack);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter(runbook => !isThere(runbook))).toEqual([]);
});

it('every section of the runbooks for alarms is what some alarm names', () => {
  const named = new Set<string>(Object.values(runbooks));
  const wholeFiles = [...named].filter(runbook => !runbook.includes('#'));
  const files = [...new Set([...named].map(runbook => runbook.split('#')[0] ?? ''))];
  const sections = files
    .filter(file => !wholeFiles.includes(file))
    .flatMap(file => anchorsOf(`docs/runbooks/${file}`, /##/).map(anchor => `${file}#${anchor}`));
  expect(sections.length).toBeGreaterThan(10);
  expect(sections.filter(section => !named.has(section))).toEqual([]);
});

it('every kind of runbook is what some alarm is about', () => {
  // A budget tells of itself in AWS's words, which no template has a say in.
  const named = new Set([...stacks.flatMap(namedBy), runbooks.budget]);
  expect(Object.values(runbooks).filter(runbook => !named.has(runbook))).toEqual([]);
  expect(stacks.flatMap(({ template }) => resourcesOfType(template, 'AWS::Budgets::Budget'))).not.toEqual([]);
});
