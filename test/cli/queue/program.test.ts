import { readFileSync } from 'node:fs';
import { Invocation } from '../../../cli/command/invocation.ts';
import { commandTree, nodesOf } from '../../../cli/completion/command-tree.ts';
import { queueProgram } from '../../../cli/queue/program.ts';
import { runQueueTool } from '../run-queue-tool.ts';

const root = `${import.meta.dirname}/../../..`;
const page = readFileSync(`${root}/docs/queue-tool.md`, 'utf8');
const { stdin, stdout, stderr } = process;
const context = { stdin, stdout, stderr, env: {}, interrupt: new AbortController().signal };
const commands = nodesOf(commandTree(queueProgram(new Invocation(context))));
const leaves = commands.filter(({ children }) => children.length === 0);

describe('the queue tool', () => {
  it('has all its commands', () => {
    expect(leaves.map(({ path }) => path.replace(/^queue /, '')).sort()).toEqual([
      'arn',
      'attributes',
      'completion',
      'create',
      'delete',
      'delete-queue',
      'depth',
      'dlq export',
      'dlq import',
      'dlq inspect',
      'dlq list',
      'dlq redrive',
      'list',
      'peek',
      'purge',
      'receive',
      'send',
      'url',
    ]);
  });

  describe.each(commands)('$path', ({ path, options, children }) => {
    const args = path.split(' ').slice(1);

    it('helps, with examples and exit codes', async () => {
      const { code, out } = await runQueueTool([...args, '--help']);

      expect(out).toMatch(/\nExamples:\n {2}/);
      expect(out).toContain('Exit codes: 0 done');
      expect(code).toBe(0);
    });

    it('is on its page, with all that it needs to be allowed', async () => {
      if (children.length > 0) return;
      expect(page).toContain(`\`${path.replace(/^queue /, '')}`);
      const { out } = await runQueueTool([...args, '--help']);
      for (const [action] of out.matchAll(/\b(sqs|sns|kms):\w+/g)) expect(page).toContain(action);
    });

    it('names only options in its examples that it has', async () => {
      if (children.length > 0 || path === 'queue completion') return;
      const { out } = await runQueueTool([...args, '--help']);
      const [, examples = ''] = /Examples:\n(.*?)\n\n/s.exec(out) ?? [];
      const own = examples.split('\n').filter(example => example.trim().startsWith(path));
      expect(own.length).toBeGreaterThan(0);
      const known = options.map(({ flag }) => flag);
      for (const [flag] of own.join(' ').matchAll(/(?<=\s)--[a-z-]+/g)) expect(known).toContain(flag);
    });
  });

  it.each([
    ['a command that there is not', ['lst'], /unknown command 'lst'.*Did you mean list/s],
    ['a command of dlq that there is not', ['dlq', 'purge'], /unknown command 'purge'/],
    ['an option that there is not', ['list', '--dept'], /unknown option '--dept'.*Did you mean --depth/s],
    ['no queue', ['depth'], /missing required argument 'queue'.*--help/s],
    ['a word too many', ['url', 'a', 'b'], /too many arguments/],
  ])('fails with %s, and says what to do', async (_, args, message) => {
    const { code, err } = await runQueueTool(args);

    expect(err).toMatch(message);
    expect(code).toBe(2);
  });

  it.each([[[]], [['dlq']]])('shows its commands when none is given: %j', async args => {
    const { code, out, err } = await runQueueTool(args);

    expect(out + err).toContain('Usage: queue');
    expect(code).toBe(2);
  });

  it('says that nothing listens where the local cloud should', async () => {
    const { code, err } = await runQueueTool(['list', '--endpoint', 'http://127.0.0.1:1']);

    expect(err).toContain('Is the local cloud running?');
    expect(code).toBe(1);
  });
});
