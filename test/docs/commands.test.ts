import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { Command } from 'commander';
import { systemNames } from '../../bin/systems.ts';
import { Invocation } from '../../cli/command/invocation.ts';
import { costProgram } from '../../cli/cost/program.ts';
import { queueProgram } from '../../cli/queue/program.ts';
import { replayProgram } from '../../cli/replay/program.ts';
import { isStageValue } from '../../lib/config/stage.ts';
import { parseCommandLine as parseStart } from '../../local/command-line.ts';
import { parseCommandLine as parseSimulate } from '../../local/simulation/command-line.ts';
import { textOfPage } from '../support/pages.ts';
import { shellCommandsIn } from '../support/shell-commands.ts';
import { repository } from '../support/temporary-directory.ts';

const { scripts } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
  scripts: Readonly<Record<string, string>>;
};

const commands = ['README.md', ...globSync('docs/**/*.md', { cwd: repository })].flatMap(page =>
  shellCommandsIn(textOfPage(page)).map(command => ({ page, ...command })),
);
const startingWith = (...beginnings: string[]) =>
  commands
    .filter(({ words }) => beginnings.some(beginning => words.slice(0, 2).join(' ') === beginning))
    .map(({ page, text, words }) => ({ page, text, rest: words.slice(2) }));

/** What follows the name of a script, without npm's own options. */
const ofScript = (name: string) =>
  startingWith('npm run').flatMap(({ rest: [...words], ...command }) => {
    while (words[0]?.startsWith('-')) words.shift();
    return words[0] === name ? [{ ...command, rest: words.slice(words[1] === '--' ? 2 : 1) }] : [];
  });

/** What a program would refuse of a command line before it does anything. */
function refused(program: Command, words: readonly string[]): string | undefined {
  const called = words.find(word => !word.startsWith('-'));
  const subcommand = program.commands.find(command => command.name() === called);
  if (program.commands.length > 0 && subcommand === undefined) return `there is no ${called}`;
  if (subcommand) return refused(subcommand, words.slice(words.indexOf(called as string) + 1));
  try {
    program.exitOverride().configureOutput({ writeErr: () => undefined });
    const { operands, unknown } = program.parseOptions([...words]);
    if (unknown.length > 0) return `unknown: ${unknown.join(' ')}`;
    const missing = program.registeredArguments.filter(({ required }) => required).length - operands.length;
    return missing > 0 ? `${missing} arguments are missing` : undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const invocation = () => new Invocation({ stdout: process.stdout, stderr: process.stderr } as never);

it('there are commands of every kind', () => {
  expect(ofScript('queue').length).toBeGreaterThan(20);
  expect(ofScript('replay').length).toBeGreaterThan(3);
  expect(startingWith('npm start').length).toBeGreaterThan(20);
  expect(startingWith('npx cdk').length).toBeGreaterThan(15);
});

it.each(startingWith('npm run'))('$page: $text is a script', ({ rest }) => {
  const name = rest.find(word => !word.startsWith('-')) ?? '';
  expect(Object.keys(scripts)).toContain(name);
});

it.each([
  ...ofScript('queue'),
  ...startingWith('npx queue'),
  ...ofScript('redrive').map(command => ({ ...command, rest: ['dlq', 'redrive', ...command.rest] })),
])('$page: $text is understood', ({ rest }) => {
  expect(refused(queueProgram(invocation()), rest)).toBeUndefined();
});

it.each(ofScript('replay'))('$page: $text is understood', ({ rest }) => {
  expect(refused(replayProgram(invocation()), rest)).toBeUndefined();
});

it.each(ofScript('cost'))('$page: $text is understood', ({ rest }) => {
  expect(refused(costProgram(invocation()), rest)).toBeUndefined();
});

describe('on this machine', () => {
  beforeEach(() => {
    jest.spyOn(process, 'exit').mockImplementation(code => {
      throw new Error(`exits with ${code}`);
    });
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it.each(startingWith('npm start'))('$page: $text is understood, and the systems are there', ({ rest }) => {
    const { systems, context } = parseStart(['node', 'main', ...rest.filter(word => word !== '--')]);
    expect(systems.filter(name => !(systemNames as string[]).includes(name))).toEqual([]);
    expect(context.map(text => text.split('=')[0] ?? '').filter(name => !isStageValue(name))).toEqual([]);
  });

  it.each(ofScript('simulate'))('$page: $text is understood', ({ rest }) => {
    const { stack } = parseSimulate(['node', 'main', ...rest]);
    expect(systemNames).toContain(stack);
  });
});

it.each(startingWith('npx cdk').filter(({ rest }) => ['deploy', 'destroy'].includes(rest[0] ?? '')))(
  '$page: $text names systems that there are, and values of a stage',
  ({ rest: [, ...words] }) => {
    const values = words.flatMap((word, index) =>
      words[index - 1] === '-c' ? [word.split('=')[0] ?? ''] : [],
    );
    const systems = words.filter((word, index) => /^[a-z]/.test(word) && !/^-/.test(words[index - 1] ?? ''));

    expect(values.filter(name => !isStageValue(name))).toEqual([]);
    expect(systems.filter(name => !(systemNames as string[]).includes(name))).toEqual([]);
  },
);
