import { EventEmitter } from 'node:events';
import { interruption } from '../../../cli/terminal/interruption.ts';
import { ManualClock } from '../manual-clock.ts';

describe('interruption', () => {
  const process = new EventEmitter();
  const clock = new ManualClock();
  const heard: string[] = [];
  const signal = interruption({
    process,
    clock,
    onFirst: () => heard.push('first'),
    onImpatient: () => heard.push('impatient'),
  });

  it('aborts at the first signal, takes its echo for the same, and leaves at a later one', async () => {
    expect(signal.aborted).toBe(false);

    process.emit('SIGINT');
    process.emit('SIGINT');
    expect(signal.aborted).toBe(true);
    expect(heard).toEqual(['first']);

    await clock.sleep(1_000);
    process.emit('SIGTERM');
    expect(heard).toEqual(['first', 'impatient']);
  });
});
