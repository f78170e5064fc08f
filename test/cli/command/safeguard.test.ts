import { mayDestroy } from '../../../cli/command/safeguard.ts';
import { CommandFailure, UsageError } from '../../../cli/command-errors.ts';
import type { Terminal } from '../../../cli/terminal/terminal.ts';

const queue = { name: 'orders', url: 'u', arn: 'a', region: 'r', fifo: false };
const never = new AbortController().signal;

function terminal(over: Partial<Terminal> = {}): Terminal {
  return {
    interactive: true,
    say: () => {},
    progress: () => {},
    repaint: () => {},
    confirm: async () => false,
    ask: async () => undefined,
    ...over,
  };
}

const destruction = { queue, what: 'delete all of it', assumeYes: false, confirm: undefined };
const unreadable = { tags: () => Promise.reject(new CommandFailure('Needed: sqs:ListQueueTags')) };

describe('mayDestroy', () => {
  it('takes a queue whose tags cannot be read for one of prod', async () => {
    const services = { administration: unreadable, terminal: terminal({ interactive: false }) };

    const asked = mayDestroy(services, { ...destruction, assumeYes: true }, never);

    await expect(asked).rejects.toThrow(UsageError);
    await expect(asked).rejects.toThrow(/cannot be read.*sqs:ListQueueTags.*--confirm orders/);
  });

  it('asks for the name of such a queue, and takes it', async () => {
    const services = { administration: unreadable, terminal: terminal({ ask: async () => 'orders' }) };

    expect(await mayDestroy(services, destruction, never)).toBe(true);
  });

  it('needs no tags once the name is said', async () => {
    const services = { administration: unreadable, terminal: terminal({ interactive: false }) };

    expect(await mayDestroy(services, { ...destruction, confirm: 'orders' }, never)).toBe(true);
  });

  it('takes no answer for a no', async () => {
    const administration = { tags: async () => ({ stage: 'prod' }) };

    expect(await mayDestroy({ administration, terminal: terminal() }, destruction, never)).toBe(false);
  });

  it('does not hide a fault of its own', async () => {
    const administration = { tags: () => Promise.reject(new TypeError('x')) };

    await expect(mayDestroy({ administration, terminal: terminal() }, destruction, never)).rejects.toThrow(
      TypeError,
    );
  });
});
