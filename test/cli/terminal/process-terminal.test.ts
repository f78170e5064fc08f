import { PassThrough } from 'node:stream';
import { ProcessTerminal } from '../../../cli/terminal/process-terminal.ts';
import { ManualClock } from '../manual-clock.ts';

class Screen extends PassThrough {
  readonly isTTY: boolean;

  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }

  text(): string {
    return String(this.read() ?? '');
  }
}

function terminalOf({ tty = true, dataOnStdout = false } = {}) {
  const streams = { stdin: new Screen(tty), stdout: new Screen(tty), stderr: new Screen(tty) };
  const clock = new ManualClock();
  return { ...streams, clock, terminal: new ProcessTerminal(streams, { dataOnStdout, clock }) };
}

const never = new AbortController().signal;

describe('ProcessTerminal', () => {
  it.each([
    ['y', true],
    ['YES', true],
    ['', false],
    ['n', false],
    ['yesterday', false],
  ])('takes %j for %s', async (answer, expected) => {
    const { terminal, stdin, stderr } = terminalOf();

    const confirmed = terminal.confirm('Move them?', never);
    stdin.write(`${answer}\n`);

    expect(await confirmed).toBe(expected);
    expect(stderr.text()).toContain('Move them? [y/N]');
  });

  it('takes the end of the input for a no', async () => {
    const { terminal, stdin } = terminalOf();

    const confirmed = terminal.confirm('Move them?', never);
    stdin.end();

    expect(await confirmed).toBe(false);
  });

  it('takes a signal to stop for a no', async () => {
    const { terminal } = terminalOf();
    const stop = new AbortController();

    const confirmed = terminal.confirm('Move them?', stop.signal);
    stop.abort();

    expect(await confirmed).toBe(false);
  });

  it('takes what was typed, without the blanks around it', async () => {
    const { terminal, stdin, stderr } = terminalOf();

    const typed = terminal.ask('Type its name: ', never);
    stdin.write(' orders \n');

    expect(await typed).toBe('orders');
    expect(stderr.text()).toContain('Type its name: ');
  });

  it('takes the end of the input for no answer', async () => {
    const { terminal, stdin } = terminalOf();

    const typed = terminal.ask('Type its name: ', never);
    stdin.end();

    expect(await typed).toBeUndefined();
  });

  it('paints over what it painted before', () => {
    const { terminal, stdout } = terminalOf();

    terminal.repaint('a 1\nb 1');
    terminal.repaint('a 2\nb 2');

    expect(stdout.text()).toBe('a 1\nb 1\n\u001b[2A\r\u001b[Ja 2\nb 2\n');
  });

  it('replaces progress on a screen', () => {
    const { terminal, stdout, stderr } = terminalOf();

    terminal.progress('1 moved');
    terminal.progress('2 moved');
    terminal.say('Done');

    expect(stderr.text()).toBe('\r\u001b[K1 moved\r\u001b[K2 moved\r\u001b[K');
    expect(stdout.text()).toBe('Done\n');
  });

  it('writes progress into a log now and then only', async () => {
    const { terminal, stderr, clock } = terminalOf({ tty: false });

    terminal.progress('1 moved');
    terminal.progress('2 moved');
    await clock.sleep(5_000);
    terminal.progress('3 moved');

    expect(stderr.text()).toBe('1 moved\n3 moved\n');
    expect(terminal.interactive).toBe(false);
  });

  it('keeps standard output free for data', () => {
    const { terminal, stdout, stderr } = terminalOf({ dataOnStdout: true });

    terminal.say('Done');

    expect(stdout.text()).toBe('');
    expect(stderr.text()).toBe('Done\n');
  });
});
