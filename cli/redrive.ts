import { runRedrive } from './redrive/command.ts';
import { systemClock } from './terminal/clock.ts';
import { interruption } from './terminal/interruption.ts';

const interrupt = interruption({
  process,
  clock: systemClock,
  onFirst: () =>
    process.stderr.write('\nStopping, once what is in hand is done; Ctrl-C again leaves at once.\n'),
  onImpatient: () => process.exit(1),
});

const { stdin, stdout, stderr, env } = process;
process.exitCode = await runRedrive(process.argv.slice(2), { stdin, stdout, stderr, env, interrupt });
