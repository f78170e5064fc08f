import { spawnSync } from 'node:child_process';
import { Invocation } from '../../../cli/command/invocation.ts';
import { type CommandNode, commandTree, nodesOf } from '../../../cli/completion/command-tree.ts';
import { queueProgram } from '../../../cli/queue/program.ts';
import { runQueueTool } from '../run-queue-tool.ts';

const scriptOf = async (shell: string) => (await runQueueTool(['completion', shell])).out;

function tree(): CommandNode {
  const context = {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: {},
    interrupt: new AbortController().signal,
  };
  return commandTree(queueProgram(new Invocation(context)));
}

describe('queue completion', () => {
  describe('for bash', () => {
    async function completed(...words: string[]): Promise<readonly string[]> {
      const script = `${await scriptOf('bash')}
COMP_WORDS=(queue "$@")
COMP_CWORD=$#
_queue
printf '%s\\n' "\${COMPREPLY[@]}"`;
      const { stdout, stderr, status } = spawnSync('bash', ['--norc', '-c', script, 'bash', ...words], {
        encoding: 'utf8',
        cwd: `${import.meta.dirname}/../../..`,
      });
      expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
      return stdout.trim().split('\n').filter(Boolean);
    }

    it.each([
      ['a command', ['pu'], ['purge']],
      ['commands that begin alike', ['delete'], ['delete', 'delete-queue']],
      ['a command of a command', ['dlq', 'in'], ['inspect']],
      ['an option of a command of a command', ['dlq', 'redrive', 'payment', '--dry'], ['--dry-run']],
      ['an option, after the value of another', ['send', '--group', 'dlq', '--ded'], ['--dedup-id']],
      ['nothing of another command', ['depth', '--dry'], []],
      ['files, where one is asked for', ['send', '--file', 'package.j'], ['package.json']],
      ['nothing, where a value is asked for', ['send', '--group', 'p'], []],
    ])('completes %s', async (_, words, expected) => {
      expect([...(await completed(...words))].sort()).toEqual(expected);
    });
  });

  it.each(['bash', 'zsh', 'fish'])('knows every command and option in %s', async shell => {
    const script = await scriptOf(shell);

    for (const { name, options } of nodesOf(tree())) {
      expect(script).toContain(name);
      for (const { flag } of options)
        expect(script).toContain(shell === 'fish' ? `-l ${flag.slice(2)}` : flag);
    }
  });

  it('leaves no quote open in a description', async () => {
    for (const line of (await scriptOf('fish')).split('\n')) {
      expect(line.replaceAll(/\\'/g, '').split("'").length % 2).toBe(1);
    }
    expect(await scriptOf('zsh')).toContain("'url:tell a queue'\\''s URL'");
    expect(await scriptOf('zsh')).toContain('(default\\: no limit)');
  });

  it('fails with a shell that it does not know', async () => {
    expect(await runQueueTool(['completion', 'cmd'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('Allowed choices are bash, zsh, fish'),
    });
  });
});
