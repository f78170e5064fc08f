import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { resourcesOfType } from '../support/stack-template.ts';
import { synthesizedApp } from '../support/synthesized-app.ts';
import { repository } from '../support/temporary-directory.ts';

const { stackNames, template } = synthesizedApp('prod', { eventStream: 'on-demand' });

/** What the tables under "When it fails" call alarms: in the first column, with `…` for anything. */
function namedAlarms(page: string): { name: string; pattern: RegExp }[] {
  const section = page.split(/^## When it fails$/m)[1]?.split(/^## /m)[0] ?? '';
  const cells = [...section.matchAll(/^\| (.*?) \|/gm)].map(([, cell = '']) => cell);
  return cells
    .flatMap(cell => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name))
    .filter(name => /Monitoring|^…/.test(name))
    .map(name => ({ name, pattern: new RegExp(`^${name.replaceAll('…', '.*')}`) }));
}

it.each(stackNames)('docs/systems/%s.md names no alarm that the system does not have', name => {
  const stack = template(name);
  const alarms = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'].flatMap(type =>
    resourcesOfType(stack, type).map(([id]) => id),
  );

  const unknown = namedAlarms(readFileSync(join(repository, `docs/systems/${name}.md`), 'utf8'))
    .filter(({ pattern }) => !alarms.some(id => pattern.test(id)))
    .map(alarm => alarm.name);

  expect(unknown).toEqual([]);
});

const dev = synthesizedApp('dev');
const words = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

it.each(dev.stackNames)('docs/systems/%s.md counts the alarms of stage dev that are paid for', name => {
  const page = name === 'order-processing' ? 'README.md' : `docs/systems/${name}.md`;
  const text = readFileSync(join(repository, page), 'utf8');
  // "18 alarms at 10 cents", "six alarms that are free", "10 cents for each of its 6 alarms".
  const counts = [...text.matchAll(/(\d+|\b[a-z]+) alarms (?:at 10 cents|that are free|beyond)/g)].map(
    ([, count = '']) => (words.includes(count) ? words.indexOf(count) : Number(count)),
  );

  const alarms = resourcesOfType(dev.template(name), 'AWS::CloudWatch::Alarm').length;

  expect(counts.filter(count => count !== alarms)).toEqual([]);
});

it('pages count alarms', () => {
  const pages = ['README.md', ...dev.stackNames.map(name => `docs/systems/${name}.md`)];
  const counting = pages.filter(page =>
    /alarms at 10 cents/.test(readFileSync(join(repository, page), 'utf8')),
  );
  expect(counting.length).toBeGreaterThan(2);
});
